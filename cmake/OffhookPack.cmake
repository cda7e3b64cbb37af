# cpack reads this file at each packing, because commits come after the configuration of the build tree. cpack sets the times of all packed files to
# SOURCE_DATE_EPOCH.
include(${CPACK_OFFHOOK_SOURCE}/cmake/OffhookPackageVersion.cmake)
offhook_package_date(${CPACK_OFFHOOK_SOURCE} package_date)
set(ENV{SOURCE_DATE_EPOCH} ${package_date})
offhook_package_version(${CPACK_OFFHOOK_SOURCE} ${CPACK_OFFHOOK_NUMBER} CPACK_PACKAGE_VERSION)
offhook_package_changelog(${CPACK_OFFHOOK_SOURCE} ${CPACK_OFFHOOK_FILES} ${CPACK_PACKAGE_VERSION} "${CPACK_PACKAGE_CONTACT}" ${package_date})
