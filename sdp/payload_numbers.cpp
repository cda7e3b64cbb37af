#include <offhook/sdp/payload_numbers.hpp>

#include <utility>

namespace offhook::inline v0::sdp {

namespace {

/// Returns a free number: `before` if possible, otherwise `liked`, otherwise any dynamic number. Returns nullopt if none is free.
std::optional<std::uint8_t> free_number(std::optional<std::uint8_t> before, std::uint8_t liked, const std::bitset<128>& taken) {
  if (before && !taken.test(*before)) return before;
  if (!taken.test(liked)) return liked;
  for (std::uint8_t number = 96; number <= 127; ++number) {
    if (!taken.test(number)) return number;
  }
  return std::nullopt;
}

std::uint8_t liked_event_number(const AudioCapability& capability, std::size_t clock) {
  return clock == 0 ? capability.event_payload_type : kEventClocks[clock].payload_type;
}

}  // namespace

PayloadNumbers::PayloadNumbers(const AudioCapability& capability) {
  std::bitset<128> used;
  for (std::size_t clock = 0; clock < events_.size(); ++clock) {
    events_[clock] = free_number(std::nullopt, liked_event_number(capability, clock), used);
    if (events_[clock]) used.set(*events_[clock]);
  }
  for (const AudioCodec codec : capability.codecs) {
    auto& number = codecs_[static_cast<std::size_t>(codec)];
    number = free_number(std::nullopt, name_of(codec).payload_type, used);
    if (number) used.set(*number);
  }
}

void PayloadNumbers::learn(const Media& offered, const AudioCapability& capability) {
  const PayloadTable table(offered);
  const EventNumbers theirs = table.numbers_of_events();
  std::bitset<128> used;
  for (const auto& number : theirs) {
    if (number) used.set(*number);
  }
  for (const std::uint8_t number : table.numbers()) taken_.set(number, !used.test(number));
  for (const AudioCodec codec : capability.codecs) {
    auto& number = codecs_[static_cast<std::size_t>(codec)];
    const auto before = std::exchange(number, table.number_of(codec));
    const CodecName& name = name_of(codec);
    const auto* use = table.find(name.payload_type);
    if (!number && name.is_static() && use != nullptr && use->is(codec)) number = name.payload_type;
    if (!number && !name.is_static()) number = free_number(before, name.payload_type, taken_ | used);
    if (number) used.set(*number);
  }
  if (table.has_comfort_noise()) taken_.reset(kComfortNoiseNumber);
  for (std::size_t clock = 0; clock < theirs.size(); ++clock) {
    auto& number = events_[clock];
    number = theirs[clock] ? theirs[clock] : free_number(number, liked_event_number(capability, clock), taken_ | used);
    if (number) used.set(*number);
  }
}

bool PayloadNumbers::is_consistent() const {
  std::bitset<128> used;
  const auto is_fresh = [&used](std::optional<std::uint8_t> number) {
    if (number && (*number > 127 || used.test(*number))) return false;
    if (number) used.set(*number);
    return true;
  };
  for (const auto& number : codecs_) {
    if (!is_fresh(number)) return false;
  }
  for (const auto& number : events_) {
    if (!is_fresh(number)) return false;
  }
  return true;
}

}  // namespace offhook::inline v0::sdp
