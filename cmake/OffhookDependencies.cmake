# All third-party libraries, each as one imported target (docs/dependencies.md has the reason and the cost of each).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(FMT REQUIRED IMPORTED_TARGET fmt)
pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(LIBCARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(SPANDSP REQUIRED IMPORTED_TARGET spandsp)
pkg_check_modules(OPUS REQUIRED IMPORTED_TARGET opus)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(LIBURING REQUIRED IMPORTED_TARGET liburing)
pkg_check_modules(POCKETSPHINX REQUIRED IMPORTED_TARGET pocketsphinx sphinxbase)
# Debian's sphinxbase.pc names a folder that its package does not contain, and CMake refuses this target.
get_target_property(sphinx_includes PkgConfig::POCKETSPHINX INTERFACE_INCLUDE_DIRECTORIES)
set(sphinx_present "")
foreach(folder IN LISTS sphinx_includes)
  if(EXISTS ${folder})
    list(APPEND sphinx_present ${folder})
  endif()
endforeach()
set_target_properties(PkgConfig::POCKETSPHINX PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${sphinx_present}")
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(doctest REQUIRED)
if(OFFHOOK_TESTS)
  find_path(OFFHOOK_VALIJSON valijson/validator.hpp REQUIRED)  # The package has no usable target; the headers are in /usr/include.
endif()

add_library(offhook_flite INTERFACE)
target_link_libraries(offhook_flite INTERFACE flite_cmu_us_slt flite_cmu_us_rms flite_usenglish flite_cmulex flite)

# Boost 1.81, headers only: two files compile Asio and Beast once (docs/building.md).
add_library(offhook_boost INTERFACE)
target_compile_definitions(offhook_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
if(OFFHOOK_SANITIZE MATCHES "thread")
  # The thread sanitizer does not follow fences (g++ refuses to compile them); Asio's queues have locks anyway.
  target_compile_definitions(offhook_boost INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
