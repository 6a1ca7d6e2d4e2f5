# PROJ would look for proj.db on the disk first: an older one there (PROJ_DATA of a GIS or conda
# installation) breaks every EPSG look-up. The embedded database is the only one we use.
set(USE_ONLY_EMBEDDED_RESOURCE_FILES ON CACHE BOOL "" FORCE)
# Several of PROJ's files go into each run of the compiler: half of the time.
set(CMAKE_UNITY_BUILD ON CACHE BOOL "" FORCE)
# Nor is the folder that it was built in a part of the program.
set(EMBED_PROJ_DATA_PATH OFF CACHE BOOL "" FORCE)
# Cargo's opt-level chooses only between builds for debugging and for release, which cmake makes with -O3: PROJ then
# takes twice as long to compile, and serves rare systems alone.
set(CMAKE_C_FLAGS_RELEASE "-O1 -DNDEBUG" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG" CACHE STRING "" FORCE)
