#pragma once

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace offhook_test {

/// Returns the path of a file or folder of the shared test data, which may be absent. The data are in the folder OFFHOOK_TEST_DATA, or in
/// ../shared/data if this variable is not set.
inline std::filesystem::path shared_data(std::string_view name) {
  const char* folder = std::getenv("OFFHOOK_TEST_DATA");
  return std::filesystem::path(folder != nullptr ? folder : "../shared/data") / name;
}

/// Returns true if this machine has the file or folder.
inline bool has_shared_data(std::string_view name) { return std::filesystem::exists(shared_data(name)); }

}  // namespace offhook_test
