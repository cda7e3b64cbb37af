# offhook_package_version(SOURCE NUMBER OUT): what apt is told. Of a release its number; of a commit before it 0.1.0~git20261123.142501.35da05d, of
# one after it 0.1.0+git..., by the time of the commit: apt takes each for newer than those before. Without git, the number.
function(offhook_package_version source number out)
  set(${out} ${number} PARENT_SCOPE)
  # A tree that was unpacked somewhere in another project's repository has no commits of its own.
  execute_process(COMMAND git -C ${source} rev-parse --show-prefix RESULT_VARIABLE failed OUTPUT_VARIABLE above OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(failed OR above)
    return()
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=UTC git -C ${source} log -1 --abbrev=7 --format=%cd.%h --date=format-local:%Y%m%d.%H%M%S
    RESULT_VARIABLE failed OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND git -C ${source} describe --tags --long --match v${number} OUTPUT_VARIABLE since OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(failed OR since MATCHES "-0-g[0-9a-f]+$")
    return()
  endif()
  set(sign "~")
  if(since)
    set(sign "+")
  endif()
  set(${out} "${number}${sign}git${commit}" PARENT_SCOPE)
endfunction()

# offhook_package_changelog(SOURCE FOLDER VERSION CONTACT): Debian wants its own changelog, and compressed, the same octets each time. Its
# date is that of the commit, else now.
function(offhook_package_changelog source folder package_version package_contact)
  execute_process(COMMAND git -C ${source} log -1 --format=%aD OUTPUT_VARIABLE package_date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT package_date)
    execute_process(COMMAND date -R OUTPUT_VARIABLE package_date OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  configure_file(${source}/packaging/debian/changelog.in ${folder}/changelog @ONLY)
  execute_process(COMMAND gzip -9nfk ${folder}/changelog COMMAND_ERROR_IS_FATAL ANY)
endfunction()
