# offhook_commit(SOURCE OUT OPTION...): sets OUT to the output of `git log -1 OPTION...` in SOURCE. It is empty without git, and in a source tree
# within the repository of another project.
function(offhook_commit source out)
  set(${out} "" PARENT_SCOPE)
  execute_process(COMMAND git -C ${source} rev-parse --show-prefix RESULT_VARIABLE failed OUTPUT_VARIABLE above OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(failed OR above)
    return()
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=UTC git -C ${source} log -1 ${ARGN} OUTPUT_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${out} "${said}" PARENT_SCOPE)
endfunction()

# offhook_package_date(SOURCE OUT): sets OUT to the time of all packed files, in seconds since 1970: SOURCE_DATE_EPOCH, otherwise the time of the
# commit, otherwise the current time.
function(offhook_package_date source out)
  set(date "$ENV{SOURCE_DATE_EPOCH}")
  if("${date}" STREQUAL "")
    offhook_commit(${source} date --format=%ct)
  endif()
  if("${date}" STREQUAL "")
    string(TIMESTAMP date %s UTC)
  endif()
  set(${out} ${date} PARENT_SCOPE)
endfunction()

# offhook_package_version(SOURCE NUMBER OUT): sets OUT to the version for apt. A release has its number. A commit before it has
# 0.1.0~git20261123.142501.35da05d, a commit after it has 0.1.0+git..., with the time of the commit: apt sorts them in this order. Without git it is
# the number. The environment variable OFFHOOK_PACKAGE_VERSION overrides it, because the image is built from a copy without commits.
function(offhook_package_version source number out)
  set(${out} ${number} PARENT_SCOPE)
  if(NOT "$ENV{OFFHOOK_PACKAGE_VERSION}" STREQUAL "")
    set(${out} "$ENV{OFFHOOK_PACKAGE_VERSION}" PARENT_SCOPE)
    return()
  endif()
  offhook_commit(${source} commit --format=%cd.%H --date=format-local:%Y%m%d.%H%M%S)
  execute_process(COMMAND git -C ${source} describe --tags --long --match v${number} OUTPUT_VARIABLE since OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if("${commit}" STREQUAL "" OR since MATCHES "-0-g[0-9a-f]+$")
    return()
  endif()
  string(SUBSTRING "${commit}" 0 23 commit)  # Seven digits of the hash: %h is longer in a clone with many objects.
  set(sign "~")
  if(since)
    set(sign "+")
  endif()
  set(${out} "${number}${sign}git${commit}" PARENT_SCOPE)
endfunction()

# offhook_package_changelog(SOURCE FOLDER VERSION CONTACT DATE): writes the changelog that Debian requires, compressed, with the same octets each time.
function(offhook_package_changelog source folder package_version package_contact date)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C date -u -R -d @${date} OUTPUT_VARIABLE package_date OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  configure_file(${source}/packaging/debian/changelog.in ${folder}/changelog @ONLY)
  execute_process(COMMAND gzip -9nfk ${folder}/changelog COMMAND_ERROR_IS_FATAL ANY)
endfunction()
