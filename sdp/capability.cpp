#include <offhook/sdp/capability.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <bitset>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::array<CodecName, kAudioCodecs> kCodecs{{
    {AudioCodec::Pcmu, "PCMU", 8000, 0},
    {AudioCodec::Pcma, "PCMA", 8000, 8},
    {AudioCodec::G722, "G722", 8000, 9},
    {AudioCodec::Opus, "opus", 48000, 111, 2},
    {AudioCodec::L16, "L16", 8000, 119},
    {AudioCodec::L16Wide, "L16", 16000, 118},
}};

struct Numbered {
  std::uint8_t number = 0;
  PayloadFormat format;
};

/// Takes the payload type number at the start of an `a=rtpmap:` or `a=fmtp:` value, and the spaces after it.
std::optional<std::uint8_t> take_number(base::TextCursor& cursor) {
  const auto number = base::parse_number<std::uint8_t>(cursor.take_while(base::is_digit));
  if (!number || *number > 127 || cursor.at_end() || !base::is_space(cursor.peek())) return std::nullopt;
  cursor.skip_spaces();
  return number;
}

/// Parses `<payload type> <name>/<clock>[/<channels>]`, RFC 8866 section 6.6.
std::optional<Numbered> parse_rtpmap(std::string_view value) {
  base::TextCursor cursor(value);
  const auto number = take_number(cursor);
  if (!number) return std::nullopt;
  const auto name = base::trim(cursor.take_until('/'));
  const auto clock = base::parse_number<std::uint32_t>(base::trim(cursor.take_until('/')));
  const auto rest = base::trim(cursor.rest());
  const auto channels = rest.empty() ? std::optional<std::uint32_t>(1) : base::parse_number<std::uint32_t>(rest);
  if (name.empty() || !clock || !channels) return std::nullopt;
  return Numbered{*number, {name, *clock, *channels}};
}

/// RFC 3551 section 6 reserves 72 to 76: with the marker bit they equal RTCP packet types.
bool is_usable(std::uint8_t number) { return number <= 127 && (number < 72 || number > 76); }

}  // namespace

const CodecName& name_of(AudioCodec codec) { return kCodecs[static_cast<std::size_t>(codec)]; }

std::string_view to_string(AudioCodec codec) { return name_of(codec).name; }

std::size_t event_clock_of(AudioCodec codec) {
  const auto same = [clock_hz = name_of(codec).clock_hz](const EventClock& clock) { return clock.clock_hz == clock_hz; };
  return static_cast<std::size_t>(std::find_if(kEventClocks.begin(), kEventClocks.end(), same) - kEventClocks.begin());
}

std::optional<AudioCodec> find_codec(std::string_view name) {
  for (const CodecName& codec : kCodecs) {
    if (base::iequals(codec.name, name)) return codec.codec;
  }
  return std::nullopt;
}

bool PayloadFormat::is(AudioCodec codec) const {
  const CodecName& wanted = name_of(codec);
  return clock_hz == wanted.clock_hz && channels == wanted.channels && base::iequals(name, wanted.name);
}

bool PayloadFormat::is_telephone_event(std::uint32_t clock) const {
  return clock_hz == clock && base::iequals(name, kTelephoneEvent);
}

PayloadTable::PayloadTable(const Media& stream) {
  for (const Attribute& attribute : stream.attributes) {
    if (attribute.name != "rtpmap" || !attribute.value) continue;
    const auto map = parse_rtpmap(*attribute.value);
    if (map && !formats_[map->number]) formats_[map->number] = map->format;
  }
  for (const CodecName& codec : kCodecs) {  // Static payload types need no rtpmap: RFC 3551 section 6.
    auto& format = formats_[codec.payload_type];
    if (!format && codec.is_static()) format = PayloadFormat{codec.name, codec.clock_hz, 1};
  }
  if (auto& noise = formats_[kComfortNoiseNumber]; !noise) noise = PayloadFormat{kComfortNoise, 8000, 1};
  std::bitset<128> listed;
  for (const std::string& text : stream.formats) {
    const auto number = base::parse_number<std::uint8_t>(text);
    if (!number || !is_usable(*number) || listed.test(*number)) continue;
    listed.set(*number);
    numbers_.push_back(*number);
  }
}

const PayloadFormat* PayloadTable::find(std::uint8_t number) const {
  if (number > 127 || !formats_[number]) return nullptr;
  return &*formats_[number];
}

std::optional<std::uint8_t> PayloadTable::number_of(AudioCodec codec) const {
  for (const std::uint8_t number : numbers_) {
    if (const auto* format = find(number); format != nullptr && format->is(codec)) return number;
  }
  return codec == AudioCodec::G722 ? number_of_misnamed_g722() : std::nullopt;
}

/// Deviation: RFC 3551 section 4.5.2 fixes G.722's clock at 8000 Hz for historical reasons. Some peers write its sampling rate,
/// 16000, but still count at 8000 Hz.
std::optional<std::uint8_t> PayloadTable::number_of_misnamed_g722() const {
  for (const std::uint8_t number : numbers_) {
    const auto* format = find(number);
    if (format != nullptr && format->clock_hz == 16000 && format->channels == 1 && base::iequals(format->name, "G722")) return number;
  }
  return std::nullopt;
}

std::optional<std::uint8_t> PayloadTable::number_of_events(std::uint32_t clock_hz) const {
  for (const std::uint8_t number : numbers_) {
    if (const auto* format = find(number); format != nullptr && format->is_telephone_event(clock_hz)) return number;
  }
  return std::nullopt;
}

bool PayloadTable::has_comfort_noise() const {
  if (std::find(numbers_.begin(), numbers_.end(), kComfortNoiseNumber) == numbers_.end()) return false;
  const auto& format = *formats_[kComfortNoiseNumber];
  return format.clock_hz == 8000 && base::iequals(format.name, kComfortNoise);
}

EventNumbers PayloadTable::numbers_of_events() const {
  EventNumbers numbers;
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number_of_events(kEventClocks[i].clock_hz);
  return numbers;
}

}  // namespace offhook::inline v0::sdp
