#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

struct SeedTarget {
  std::string_view name;  // such as sip_message_fuzz
  int (*run)(const std::uint8_t* data, std::size_t size);
};

/// Returns the fuzz targets of this program. fuzz/CMakeLists.txt generates the list.
const std::vector<SeedTarget>& seed_targets();
