// The input is a session description, and also the value of one a=candidate line. Checks that the ICE of each section is within its bounds, and does not
// change when write_ice() writes it and it is parsed again.
#include "require.hpp"

#include <offhook/sdp/ice_lines.hpp>
#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/parser.hpp>

#include <cstdint>
#include <string_view>

namespace sdp = offhook::sdp;
using offhook::fuzz::require;

namespace {

void check_candidate(std::string_view value) {
  const auto line = sdp::parse_candidate_line(value);
  if (!line) return;
  require(line->foundation.size() <= sdp::CandidateLine::kMaxFoundation && line->component >= 1 && line->component <= sdp::CandidateLine::kMaxComponent);
  require(line->priority >= 1 && line->priority <= sdp::CandidateLine::kMaxPriority);
  if (const auto address = line->address()) require(address->port == line->port);
  const auto again = sdp::parse_candidate_line(sdp::write_candidate_line(*line));
  require(again && *again == *line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_candidate(text);
  const auto session = sdp::parse_session(text);
  if (!session) return 0;
  for (const sdp::Media& stream : session->media) {
    const auto peer = sdp::read_ice(*session, stream);
    if (!peer) continue;
    require(peer->candidates.size() <= sdp::kMaxCandidateLines && peer->ufrag.size() <= 256 && peer->password.size() <= 256);
    (void)sdp::is_ice_mismatch(*peer, *session, stream);
    sdp::Session written;
    written.media.emplace_back();
    sdp::write_ice(*peer, written, written.media.front());
    const auto again = sdp::read_ice(written, written.media.front());
    require(again && *again == *peer);
  }
  return 0;
}
