// The input is a list of steps of a peer that sends any bodies in any order. A step is one octet for its kind. If the step has a body, its
// text follows, up to the next octet 0x1e (record separator). A second agent answers each offer of the first agent.
#include "require.hpp"

#include <offhook/sdp/negotiator.hpp>
#include <offhook/sdp/parser.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace base = offhook::base;
namespace sdp = offhook::sdp;
using offhook::fuzz::require;

namespace {

base::SocketAddress local(std::uint8_t last) { return {base::IpAddress::v4({192, 0, 2, last}), 20000}; }

void check_text(const std::string& text, std::uint64_t& version) {
  const auto session = sdp::parse_session(text);
  require(session && session->origin && session->origin->session_id == "1");
  const auto next = std::stoull(session->origin->version);
  require(next == version || next == version + 1);
  version = next;
}

void check_audio(const sdp::AgreedAudio& audio) {
  require(audio.ptime_ms >= sdp::kMinPtimeMs && audio.ptime_ms <= sdp::kMaxPtimeMs && audio.ptime_ms % 10 == 0);
  require(!audio.send_comfort_noise || sdp::allows_comfort_noise(audio.codec));
  require(!audio.remote_rtp.ip.is_v6() || audio.remote_rtp.ip.is_unspecified());
}

/// Returns the capability of an agent that prefers SRTP. `octet` makes its keys.
sdp::AudioCapability capability(std::uint8_t octet) {
  return {.comfort_noise = true, .voip_metrics = true,
          .srtp = {sdp::SrtpPolicy::Preferred, {{"AEAD_AES_128_GCM", std::vector<std::uint8_t>(28, octet)}, {"AES_CM_128_HMAC_SHA1_80", std::vector<std::uint8_t>(30, octet)}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  sdp::Negotiator ours(capability(1), local(1), 1);
  std::uint64_t version = 0;
  for (int steps = 0; !rest.empty() && steps < 32; ++steps) {
    const char step = rest.front();
    const auto end = rest.find('\x1e');
    const std::string_view text = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    const auto body = sdp::parse_session(text);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const auto before = ours.agreed();
    switch (step) {
      case 'o': check_text(ours.make_offer(), version); break;
      case 'w': ours.withdraw_offer(); break;
      case 'd': ours.set_direction(static_cast<sdp::Direction>(body ? body->media.size() % 4 : 1)); break;
      case 'v':  // The prefix is short enough that the written description stays within the bounds of the parser.
        ours.set_others(body && text.size() < 512 ? body->media : std::vector<sdp::Media>{});
        break;
      case 'x': {  // This well-behaved peer answers any offer.
        const auto offer = ours.make_offer();
        check_text(offer, version);
        sdp::Negotiator peer(capability(2), local(2), 2);
        const auto answer = peer.answer(*sdp::parse_session(offer));
        if (answer) require(ours.accept_answer(*sdp::parse_session(answer->body)).has_value());
        break;
      }
      case 'a':
        if (!body) break;
        if (const auto audio = ours.accept_answer(*body)) check_audio(*audio);
        else require(ours.agreed() == before);
        break;
      default:
        if (!body) break;
        if (const auto answer = ours.answer(*body)) {
          check_text(answer->body, version);
          check_audio(answer->audio);
          require(sdp::parse_session(answer->body)->media.size() == body->media.size());
        } else {
          require(ours.agreed() == before);
        }
    }
    require(ours.is_consistent());
    require(!before || !before->srtp || ours.agreed()->srtp);  // A session that was encrypted stays encrypted.
  }
  return 0;
}
