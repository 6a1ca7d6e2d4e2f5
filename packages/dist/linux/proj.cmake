# PROJ for Linux with musl, by the compilers that cargo-zigbuild names in the environment.
include(${CMAKE_CURRENT_LIST_DIR}/../../../.cargo/proj.cmake)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER $ENV{CC_x86_64_unknown_linux_musl})
set(CMAKE_CXX_COMPILER $ENV{CXX_x86_64_unknown_linux_musl})
set(CMAKE_AR $ENV{AR_x86_64_unknown_linux_musl})
set(CMAKE_RANLIB $ENV{RANLIB_x86_64_unknown_linux_musl})
# As cargo-zigbuild's own file says.
set(CMAKE_C_LINKER_DEPFILE_SUPPORTED FALSE)
set(CMAKE_CXX_LINKER_DEPFILE_SUPPORTED FALSE)
