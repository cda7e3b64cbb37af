# cmake -P cmake/PrintPackageVersion.cmake: prints the version of the package, the time of its files, and the commit if there is one.
include(${CMAKE_CURRENT_LIST_DIR}/OffhookPackageVersion.cmake)
get_filename_component(source ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
file(STRINGS ${source}/CMakeLists.txt project REGEX "^project\\(offhook VERSION ")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" number "${project}")
offhook_package_version(${source} ${number} version)
offhook_package_date(${source} date)
offhook_commit(${source} commit --format=%H)
execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${version} ${date} ${commit}")
