# PROJ for Windows, by Debian's cross compiler: the one with POSIX threads, as the other has no std::mutex.
include(${CMAKE_CURRENT_LIST_DIR}/../../../.cargo/proj.cmake)
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
