#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Events of an item of a reply that a model speaks itself: its number, then its audio and its words, then its end. A provider's
/// core returns them, and voiced_line.hpp takes them.
namespace offhook::inline v0::agent {

struct ItemBegan { std::uint32_t turn = 0, item = 0; };
struct ItemAudio { std::uint32_t turn = 0, item = 0; std::vector<std::uint8_t> octets; };
struct ItemText { std::uint32_t turn = 0, item = 0; std::string text; };
struct ItemEnded { std::uint32_t turn = 0, item = 0; bool whole = true; };  ///< `whole` is false if the item was broken off

}  // namespace offhook::inline v0::agent
