# offhook_embed(TARGET): puts the files of agent/demo/page into the program, as the function page_files() of agent/demo/page_files.hpp. The generated
# source has each file as one raw string. This file is also the script that writes it:
#   cmake -DOUT=page_files.cpp -DFILES="a;b" -P cmake/OffhookEmbed.cmake
function(offhook_embed target)
  set(folder ${CMAKE_SOURCE_DIR}/agent/demo/page)
  set(script ${CMAKE_SOURCE_DIR}/cmake/OffhookEmbed.cmake)
  set(out ${CMAKE_BINARY_DIR}/generated/page_files.cpp)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.html ${folder}/*.css ${folder}/*.js ${folder}/*.svg)
  add_custom_command(OUTPUT ${out} COMMAND ${CMAKE_COMMAND} -DOUT=${out} "-DFILES=${files}" -P ${script} DEPENDS ${files} ${script} VERBATIM
                     COMMENT "Embedding agent/demo/page")
  target_sources(${target} PRIVATE ${out})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  set(entries "")
  foreach(file IN LISTS FILES)
    file(READ ${file} text)
    cmake_path(GET file FILENAME name)
    string(APPEND entries "    {\"${name}\", R\"offhook(${text})offhook\"},\n")
  endforeach()
  file(WRITE ${OUT} "#include <offhook/agent/demo/page_files.hpp>

namespace offhook::inline v0::agent::demo {

namespace {
constexpr PageFile kPageFiles[] = {
${entries}};
}  // namespace

std::span<const PageFile> page_files() { return kPageFiles; }

}  // namespace offhook::inline v0::agent::demo
")
endif()
