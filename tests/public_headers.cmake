# Compiles each public header alone: one source file for each, which includes only that header.
foreach(header IN LISTS OFFHOOK_PUBLIC_HEADERS)
  string(MAKE_C_IDENTIFIER ${header} name)
  set(source ${CMAKE_BINARY_DIR}/public_headers/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <offhook/${header}>\n")
  list(APPEND offhook_header_sources ${source})
endforeach()
add_library(offhook_public_headers OBJECT ${offhook_header_sources})
target_link_libraries(offhook_public_headers PRIVATE offhook_flags offhook::media_dtls offhook::phone)
