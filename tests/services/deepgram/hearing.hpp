#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

/// Shared by the simulated nova-3 (SimListen) and the simulated Flux: the length of a frame, the pace of words, and the accepted encodings.
namespace offhook::services::deepgram {

inline constexpr std::uint64_t kHeardFrameMs = 20, kMsOfAWord = 250;
inline constexpr std::string_view kEncodings[] = {"linear16", "mulaw", "alaw"};

template <class List>
bool is_one_of(const List& list, std::string_view value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

}  // namespace offhook::services::deepgram
