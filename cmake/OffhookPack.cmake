# Read by cpack each time that it packs: commits come after the build tree was configured. cpack gives all that it packs the time of SOURCE_DATE_EPOCH.
include(${CPACK_OFFHOOK_SOURCE}/cmake/OffhookPackageVersion.cmake)
offhook_package_date(${CPACK_OFFHOOK_SOURCE} package_date)
set(ENV{SOURCE_DATE_EPOCH} ${package_date})
offhook_package_version(${CPACK_OFFHOOK_SOURCE} ${CPACK_OFFHOOK_NUMBER} CPACK_PACKAGE_VERSION)
offhook_package_changelog(${CPACK_OFFHOOK_SOURCE} ${CPACK_OFFHOOK_FILES} ${CPACK_PACKAGE_VERSION} "${CPACK_PACKAGE_CONTACT}" ${package_date})
