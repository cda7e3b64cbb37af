// The input is the value of a=fingerprint, and also a session description. Checks that accepted values are within their bounds, and have the same value after
// they are written and parsed again; and that the roles of both sides differ if the attributes allow an association.
#include "require.hpp"

#include <offhook/sdp/dtls.hpp>
#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/parser.hpp>

#include <cstdint>
#include <string_view>

namespace sdp = offhook::sdp;
using offhook::fuzz::require;

namespace {

void check_line(std::string_view value) {
  const auto line = sdp::parse_fingerprint_line(value);
  if (!line) return;
  require(!line->octets.empty() && line->octets.size() <= sdp::FingerprintLine::kMaxOctets);
  require(!line->hash.empty() && line->hash.size() <= sdp::FingerprintLine::kMaxHashBytes);
  require(sdp::parse_fingerprint_line(sdp::write_fingerprint_line(*line)) == *line);
}

void check_attributes(const sdp::Session& session, const sdp::Media& media) {
  const auto read = sdp::read_dtls(session, media);
  if (!read) return;
  require(read->fingerprints.size() <= sdp::kMaxFingerprints && (read->tls_id.empty() || sdp::is_tls_id(read->tls_id)));
  sdp::Media written;
  sdp::write_dtls(*read, written);
  require(sdp::read_dtls({}, written) == *read);
  require(!sdp::asks_for_new_association(*read, *read));
  const auto answer = sdp::answer_setup(read->setup);
  const auto offerer = answer ? sdp::offerer_setup(read->setup.value_or(sdp::Setup::Active), *answer) : answer;
  require(!answer || (offerer && *offerer != *answer));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_line(text);
  (void)sdp::parse_setup(text);
  (void)sdp::is_dtls_protocol(text);
  const auto session = sdp::parse_session(text);
  if (!session) return 0;
  for (const sdp::Media& media : session->media) check_attributes(*session, media);
  return 0;
}
