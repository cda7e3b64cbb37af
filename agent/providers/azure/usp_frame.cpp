#include <offhook/agent/providers/azure/usp_frame.hpp>

#include <offhook/base/text.hpp>

#include <fmt/chrono.h>

#include <array>
#include <chrono>

namespace offhook::inline v0::agent::azure {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

void note_header(UspMessage& message, std::string_view name, std::string_view value) {
  if (base::iequals(name, "Path")) message.path = value;
  if (base::iequals(name, "X-RequestId")) message.request_id = value;
  if (base::iequals(name, "Content-Type")) message.content_type = value;
  if (base::iequals(name, "X-StreamId")) message.stream_id = value;
}

/// Parses header lines. Each of `lines` ends in CRLF; only the last one may lack it.
base::Result<UspMessage, UspError> parse_headers(std::string_view lines) {
  UspMessage message;
  for (std::size_t count = 0; !lines.empty();) {
    const std::size_t end = lines.find(kLineEnd);
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + kLineEnd.size());
    if (line.empty()) continue;
    if (++count > kMaxUspHeaders) return base::fail(UspError::TooManyHeaders);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) note_header(message, base::trim(line.substr(0, colon)), base::trim(line.substr(colon + 1)));
  }
  if (message.path.empty()) return base::fail(UspError::NoPath);
  return message;
}

}  // namespace

bool UspMessage::is(std::string_view name) const { return base::iequals(path, name); }

std::string_view to_string(UspError error) {
  switch (error) {
    case UspError::TooShort: return "too short";
    case UspError::HeaderTooLong: return "headers too long";
    case UspError::TooManyHeaders: return "too many headers";
    case UspError::NoPath: return "no path";
  }
  return "?";
}

base::Result<UspMessage, UspError> parse_usp_text(std::string_view frame) {
  constexpr std::string_view kEmptyLine = "\r\n\r\n";
  const std::size_t end = frame.find(kEmptyLine);  // Some messages have no body: a frame without an empty line consists of headers.
  const std::string_view headers = frame.substr(0, end);
  if (headers.size() > kMaxUspHeaderOctets) return base::fail(UspError::HeaderTooLong);
  auto message = parse_headers(headers);
  if (message && end != std::string_view::npos) message->body = frame.substr(end + kEmptyLine.size());
  return message;
}

base::Result<UspMessage, UspError> parse_usp_binary(std::string_view frame) {
  if (frame.size() < 2) return base::fail(UspError::TooShort);
  const auto octet = [frame](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(frame[at])); };
  const std::size_t length = octet(0) << 8U | octet(1);
  if (length > kMaxUspHeaderOctets) return base::fail(UspError::HeaderTooLong);
  frame.remove_prefix(2);
  if (length > frame.size()) return base::fail(UspError::TooShort);
  auto message = parse_headers(frame.substr(0, length));
  if (message) message->body = frame.substr(length);
  return message;
}

std::string write_usp(const UspOutgoing& message, std::string_view timestamp) {
  std::string headers = fmt::format("Path: {}\r\nX-RequestId: {}\r\nX-Timestamp: {}\r\n", message.path, message.request_id, timestamp);
  if (!message.content_type.empty()) headers += fmt::format("Content-Type: {}\r\n", message.content_type);
  std::string frame;
  frame.reserve(2 + headers.size() + message.body.size());
  if (message.binary) {
    frame += static_cast<char>(headers.size() >> 8U);
    frame += static_cast<char>(headers.size() & 0xFFU);
  }
  frame += headers;
  if (!message.binary) frame += kLineEnd;
  return frame += message.body;
}

std::string usp_timestamp(std::int64_t unix_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> when{std::chrono::milliseconds(unix_ms)};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (when - seconds).count());
}

std::string make_usp_id(base::Random& random) {
  std::array<std::uint8_t, 16> octets{};
  random.fill(octets);
  std::string id;
  for (const std::uint8_t octet : octets) id += fmt::format("{:02x}", octet);
  return id;
}

}  // namespace offhook::inline v0::agent::azure
