// The input is a session description. Checks that an accepted description is within its bounds, can be written, and is equal after it is
// parsed again.
#include "require.hpp"

#include <offhook/sdp/host_name.hpp>
#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sdp = offhook::sdp;
using offhook::fuzz::require;

namespace {

/// Replaces host names by addresses. Checks that each replacement reduces the number of host names.
void check_host_names(std::string text) {
  const auto addressed = [](char c) { return c == '='; };
  for (auto most = std::count_if(text.begin(), text.end(), addressed); const auto host = sdp::find_host_name(text); --most) {
    require(most > 0 && !host->name.empty() && host->name.size() <= sdp::HostName::kMaxBytes);
    text = sdp::with_address(text, *host, *offhook::base::IpAddress::parse("192.0.2.1"));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_host_names({reinterpret_cast<const char*>(data), size});
  const auto session = sdp::parse_session({reinterpret_cast<const char*>(data), size});
  if (!session) return 0;
  require(session->media.size() <= sdp::kMaxMedia);
  for (const sdp::Media& media : session->media) {
    require(media.formats.size() <= sdp::kMaxFormats);
    (void)session->connection_of(media);
    (void)session->direction_of(media);
  }
  const std::string text = sdp::write_session(*session);
  if (text.size() > sdp::kMaxSessionBytes) return 0;  // It may be longer than the input, because CRLF replaces LF.
  const auto again = sdp::parse_session(text);
  require(again || again.error() == sdp::ParseError::TooManyLines);  // The writer may add an s= line, which may be one line too many.
  if (again) require(*again == *session && sdp::write_session(*again) == text);
  return 0;
}
