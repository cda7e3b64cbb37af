#pragma once

#include <cstdint>
#include <vector>

namespace offhook_test {

using Octets = std::vector<std::uint8_t>;

inline Octets joined(Octets head, const Octets& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

}  // namespace offhook_test
