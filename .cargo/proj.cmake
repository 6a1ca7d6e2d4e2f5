# PROJ would look for proj.db on the disk first: an older one there (PROJ_DATA of a GIS or conda
# installation) breaks every EPSG look-up. The embedded database is the only one we use.
set(USE_ONLY_EMBEDDED_RESOURCE_FILES ON CACHE BOOL "" FORCE)
# Several of PROJ's files go into each run of the compiler: half of the time.
set(CMAKE_UNITY_BUILD ON CACHE BOOL "" FORCE)
