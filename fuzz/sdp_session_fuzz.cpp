// Any bytes as a session description: what is accepted lies within its bounds, is written, and reads back equal.
#include "require.hpp"

#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/writer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sdp = offhook::sdp;
using offhook::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto session = sdp::parse_session({reinterpret_cast<const char*>(data), size});
  if (!session) return 0;
  require(session->media.size() <= sdp::kMaxMedia);
  for (const sdp::Media& media : session->media) {
    require(media.formats.size() <= sdp::kMaxFormats);
    (void)session->connection_of(media);
    (void)session->direction_of(media);
  }
  const std::string text = sdp::write_session(*session);
  if (text.size() > sdp::kMaxSessionBytes) return 0;  // CRLF for LF may have made it longer than what we read.
  const auto again = sdp::parse_session(text);
  require(again || again.error() == sdp::ParseError::TooManyLines);  // An s= line that was not there fills the last place.
  if (again) require(*again == *session && sdp::write_session(*again) == text);
  return 0;
}
