#include <offhook/sdp/remote_stream.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

/// Returns the whole milliseconds of `20` or `22.5`. Returns nullopt for zero or a value that is not a number. Reads at most nine
/// digits; larger values are clamped anyway.
std::optional<std::uint64_t> milliseconds(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  const auto digits = base::TextCursor(*value).take_while(base::is_digit);
  const auto number = base::parse_number<std::uint64_t>(digits.substr(0, 9));
  if (!number || *number == 0) return std::nullopt;
  return number;
}

std::uint16_t ptime_of(const Media& stream, const AudioCapability& capability) {
  const auto wanted = milliseconds(stream.attribute("ptime")).value_or(capability.ptime_ms);
  const auto most = milliseconds(stream.attribute("maxptime")).value_or(wanted);
  return clamp_ptime(std::min(wanted, most));
}

bool has_word(std::string_view words, std::string_view wanted) {
  base::TextCursor cursor(words);
  while (!cursor.at_end()) {
    if (base::iequals(cursor.take_until(' '), wanted)) return true;
  }
  return false;
}

Direction without_receive(Direction direction) {
  return direction == Direction::SendRecv || direction == Direction::SendOnly ? Direction::SendOnly : Direction::Inactive;
}

std::vector<ReceivableCodec> common_codecs(const PayloadTable& table, const AudioCapability& capability) {
  std::vector<ReceivableCodec> codecs;
  for (const AudioCodec codec : capability.codecs) {
    if (const auto number = table.number_of(codec)) codecs.push_back({codec, *number});
  }
  return codecs;
}

/// Returns the text after `<number> ` in the first a=fmtp of that number: RFC 8866 section 6.15.
std::string parameters_of(const Media& stream, std::uint8_t number) {
  for (const Attribute& attribute : stream.attributes) {
    if (attribute.name != "fmtp" || !attribute.value) continue;
    base::TextCursor cursor(*attribute.value);
    if (base::parse_number<std::uint8_t>(cursor.take_while(base::is_digit)) != number) continue;
    return std::string(base::trim(cursor.rest()));
  }
  return {};
}

/// Reads the stream's encryption, a key or DTLS attributes. Older browsers use DTLS with RTP/SAVPF instead of UDP/TLS/RTP/SAVPF.
base::Result<void, NegotiationError> read_encryption(const Session& remote, const Media& stream, const SrtpCapability& ours, RemoteStream& out) {
  const bool is_dtls = is_dtls_protocol(stream.protocol), is_secure = is_secure_protocol(stream.protocol) || is_dtls;
  if (!is_secure && !is_plain_protocol(stream.protocol)) return base::fail(NegotiationError::UnsupportedProfile);
  if (is_secure && ours.policy == SrtpPolicy::Off) return base::fail(NegotiationError::UnsupportedProfile);
  if (is_dtls && !ours.dtls) return base::fail(NegotiationError::UnsupportedProfile);
  if (!is_dtls) out.key = find_crypto_line(stream, ours);
  if (is_secure && !out.key && ours.dtls) {
    auto dtls = read_dtls(remote, stream);
    if (dtls && has_strong_fingerprint(*dtls)) out.dtls = std::move(*dtls);
  }
  if (is_secure && !out.is_encrypted()) return base::fail(NegotiationError::NoCommonCrypto);
  if (!out.is_encrypted() && ours.policy == SrtpPolicy::Required) return base::fail(NegotiationError::NotSecure);
  return {};
}

}  // namespace

base::Result<RemoteStream, NegotiationError> read_remote_stream(const Session& remote, const Media& stream,
                                                                const AudioCapability& capability) {
  if (!base::iequals(stream.kind, "audio") || stream.port == 0) return base::fail(NegotiationError::NoAudio);
  RemoteStream result;
  if (const auto read = read_encryption(remote, stream, capability.srtp, result); !read) return base::fail(read.error());
  const PayloadTable table(stream);
  result.codecs = common_codecs(table, capability);
  if (result.codecs.empty()) return base::fail(NegotiationError::NoCommonCodec);
  for (const ReceivableCodec& codec : result.codecs) {
    result.parameters[static_cast<std::size_t>(codec.codec)] = parameters_of(stream, codec.payload_type);
  }
  if (capability.telephone_events) result.events = table.numbers_of_events();

  auto transport = read_transport(remote, stream);
  if (!transport) return base::fail(transport.error());
  result.transport = std::move(*transport);
  result.direction = remote.direction_of(stream);
  // RFC 2543's way to hold: nothing may be sent to 0.0.0.0 (RFC 3264 section 8.4).
  if (result.transport.rtp.ip.is_unspecified() && !speaks_ice(remote, stream)) result.direction = without_receive(result.direction);
  result.ptime_ms = ptime_of(stream, capability);
  result.comfort_noise = capability.comfort_noise && table.has_comfort_noise();
  const auto reports = capability.voip_metrics ? remote.attribute_of(stream, "rtcp-xr") : std::nullopt;  // RFC 3611 section 5.1
  result.names_reports = reports.has_value();
  result.wants_voip_metrics = reports && has_word(*reports, kVoipMetrics);
  return result;
}

void sort_as_listed(std::vector<ReceivableCodec>& codecs, const Media& stream) {
  const PayloadTable table(stream);
  std::vector<ReceivableCodec> sorted;
  for (const std::uint8_t number : table.numbers()) {
    const auto found =
        std::find_if(codecs.begin(), codecs.end(), [&](const ReceivableCodec& c) { return c.payload_type == number; });
    if (found != codecs.end()) sorted.push_back(*found);
  }
  codecs = std::move(sorted);
}

std::uint16_t clamp_ptime(std::uint64_t ptime_ms) {
  const auto clamped = std::clamp<std::uint64_t>(ptime_ms, kMinPtimeMs, kMaxPtimeMs);
  return static_cast<std::uint16_t>(clamped - clamped % 10);
}

}  // namespace offhook::inline v0::sdp
