# The contents of the Debian package: the command, its data, its service and its documentation (packaging/README.md). The libraries have their own
# components and are not included.
install(TARGETS offhook RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY share/ DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook COMPONENT program USE_SOURCE_PERMISSIONS PATTERN silero EXCLUDE)
install(FILES packaging/grafana/offhook.json DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook/grafana COMPONENT program)
install(FILES packaging/prometheus/alerts.yml DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook/prometheus COMPONENT program)
install(FILES packaging/kamailio/kamailio.cfg packaging/kamailio/dispatcher.list DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook/kamailio COMPONENT program)
install(FILES packaging/offhook.service DESTINATION lib/systemd/system COMPONENT program)
# The paths are those of the source tree, so that links between pages work, and messages such as "see docs/configuration.md" are correct here too.
install(DIRECTORY docs examples packaging DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program FILES_MATCHING
  PATTERN *.md PATTERN *.svg PATTERN *.png PATTERN *.cpp PATTERN *.json PATTERN *.yaml PATTERN *.yml PATTERN *.cfg PATTERN *.list PATTERN *.table PATTERN *.service
  PATTERN docs/site EXCLUDE PATTERN debian EXCLUDE PATTERN packaging/etc EXCLUDE)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(FILES packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(FILES packaging/debian/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME offhook COMPONENT program)
install(FILES ${CMAKE_BINARY_DIR}/package-files/offhook.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${CMAKE_BINARY_DIR}/package-files/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

# Packs the built files: ninja -C build/release offhook && cpack --config build/release/CPackConfig.cmake.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
# The maintainer is the person who builds the package: the address in the variables of Debian's own tools, otherwise an address that is marked as
# invalid (RFC 2606 section 2).
set(OFFHOOK_PACKAGE_CONTACT "The Offhook authors <nobody@offhook.invalid>" CACHE STRING "Maintainer of the Debian package, \"Name <address>\"")
if(DEFINED ENV{DEBEMAIL} AND DEFINED ENV{DEBFULLNAME})
  set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
else()
  set(CPACK_PACKAGE_CONTACT "${OFFHOOK_PACKAGE_CONTACT}")
endif()
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME offhook)

# These files are for an installation without packing; cpack makes the changelog again, with the version at that time.
set(CPACK_OFFHOOK_SOURCE ${CMAKE_SOURCE_DIR})
set(CPACK_OFFHOOK_FILES ${CMAKE_BINARY_DIR}/package-files)
set(CPACK_OFFHOOK_NUMBER ${PROJECT_VERSION})
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/cmake/OffhookPack.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/OffhookPackFinish.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/OffhookPackBeside.cmake)
include(OffhookPackageVersion)
offhook_package_date(${CMAKE_SOURCE_DIR} package_date)
offhook_package_version(${CMAKE_SOURCE_DIR} ${PROJECT_VERSION} package_version)
offhook_package_changelog(${CMAKE_SOURCE_DIR} ${CPACK_OFFHOOK_FILES} ${package_version} "${CPACK_PACKAGE_CONTACT}" ${package_date})
configure_file(${CMAKE_SOURCE_DIR}/packaging/offhook.1 ${CPACK_OFFHOOK_FILES}/offhook.1 COPYONLY)
execute_process(COMMAND gzip -9nfk ${CPACK_OFFHOOK_FILES}/offhook.1 COMMAND_ERROR_IS_FATAL ANY)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)                       # uses dpkg-shlibdeps, of dpkg-dev
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "pocketsphinx-en-us, ca-certificates")  # needed, but not linked: the recogniser's model, and the trusted authorities
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "telephone user agent for AI")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Registers as an extension of a PBX and has an AI answer its calls.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/debian/postinst;${CMAKE_SOURCE_DIR}/packaging/debian/prerm;${CMAKE_SOURCE_DIR}/packaging/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
