# The compile options of all Offhook targets. Third-party headers are SYSTEM headers, without warnings.
option(OFFHOOK_TESTS "Build the tests" ON)
option(OFFHOOK_BENCH "Build the benchmarks" OFF)
option(OFFHOOK_FUZZ "Build the fuzz targets with libFuzzer (clang) instead of as seed runners" OFF)
option(OFFHOOK_REPORT_UNDEFINED "Under the sanitizer of undefined behaviour, report it in words (g++: slow to compile)" OFF)
set(OFFHOOK_SANITIZE "" CACHE STRING "Comma-separated sanitizers: address,undefined or thread")

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# g++ collects its garbage less often: this saves a tenth of the compile time, and needs more memory (at most 0.7 GB).
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:--param=ggc-min-heapsize=524288>)
find_program(OFFHOOK_MOLD mold)
if(OFFHOOK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

find_program(OFFHOOK_CCACHE ccache)
if(OFFHOOK_CCACHE)
  # ccache does not preprocess a file that is not in the cache, which saves a tenth of its compile time. The depfile gives the included files.
  # The second variable lets it keep files that use precompiled headers; it compares the content of these headers too.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${OFFHOOK_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER env CCACHE_DEPEND=1 ${OFFHOOK_CCACHE})
endif()

# One include root: <offhook/sip/...> is the folder sip/ of this source tree.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include)
file(CREATE_LINK ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/include/offhook SYMBOLIC)

add_library(offhook_flags INTERFACE)
target_include_directories(offhook_flags INTERFACE ${CMAKE_BINARY_DIR}/include)
target_compile_options(offhook_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Wswitch -Wundef -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports overlaps in std::string (GCC bug 105651) and uninitialised alternatives in std::variant (GCC bug 80635) that do not exist. The
  # clang preset and the sanitizers check this instead.
  target_compile_options(offhook_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own std::stable_sort uses a function that it deprecates, and clang reports the caller.
  target_compile_options(offhook_flags INTERFACE -Wno-deprecated-declarations)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT OFFHOOK_SANITIZE)
  # Level 3 also checks sizes that are only known at run time. All supported compilers have it: g++ from 12 and clang from 9.
  target_compile_options(offhook_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  target_link_options(offhook_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
  # The program contains no path of its build folder: the same source gives the same octets in every folder (docs/building.md). If several maps match
  # a path, the last one counts.
  target_compile_options(offhook_flags INTERFACE "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build"
    "-ffile-prefix-map=${CMAKE_BINARY_DIR}/include/offhook/=")
endif()
if(OFFHOOK_SANITIZE)
  string(REPLACE "," ";" offhook_sanitizers "${OFFHOOK_SANITIZE}")
  set(OFFHOOK_SANITIZER_FLAGS "-fsanitize=${OFFHOOK_SANITIZE}")
  add_compile_options(${OFFHOOK_SANITIZER_FLAGS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(${OFFHOOK_SANITIZER_FLAGS})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  # Undefined behaviour raises a trap (SIGILL; a debugger shows the line): with g++, reports add 40 % to the compile time. This excludes -fsanitize=vptr.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND "undefined" IN_LIST offhook_sanitizers AND NOT OFFHOOK_REPORT_UNDEFINED)
    add_compile_options(-fsanitize-undefined-trap-on-error)
  endif()
  # AddressSanitizer also finds the errors of object-size, and a null pointer ends a program even without a check. The alignment check adds code
  # before each use of a pointer. Without these three checks, compiling takes a fourth less time. The preset fuzz has all of them.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND "address" IN_LIST offhook_sanitizers)
    add_compile_options(-fno-sanitize=object-size,null,alignment)
  endif()
endif()
if(OFFHOOK_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
