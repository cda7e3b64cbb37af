#include <offhook/sdp/trickle_fragment.hpp>

#include <offhook/sdp/parser.hpp>

#include <algorithm>
#include <string>

namespace offhook::inline v0::sdp {

base::Result<IceDescription, IceLineError> read_trickle_fragment(std::string_view body, std::string_view mid) {
  const auto session = parse_session("v=0\r\n" + std::string(body));  // A fragment is a description without its first lines.
  if (!session) return base::fail(IceLineError::Malformed);
  const auto section = std::find_if(session->media.begin(), session->media.end(), [&](const Media& one) { return one.attribute("mid").value_or("") == mid; });
  return section == session->media.end() ? base::fail(IceLineError::Malformed) : read_ice(*session, *section);
}

}  // namespace offhook::inline v0::sdp
