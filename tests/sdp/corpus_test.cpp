#include "negotiation.hpp"

#include <offhook/sdp/writer.hpp>
#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

// Tests with session descriptions that other programs wrote. The first two tests are skipped if the shared test data is absent.
// The last test contains its session descriptions.

namespace fs = std::filesystem;
using namespace negotiation;

namespace {

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Reads every file of the SDP corpus, and the session descriptions inside the real-world messages.
std::map<std::string, std::string> bodies() {
  std::map<std::string, std::string> found;
  for (const char* folder : {"corpus/sdp", "real-world", "bench"}) {
    if (!offhook_test::has_shared_data(folder)) continue;
    for (const auto& entry : fs::directory_iterator(offhook_test::shared_data(folder))) {
      const std::string text = entry.is_regular_file() ? read(entry.path()) : "";
      if (std::string_view(folder) == "corpus/sdp") found[entry.path().filename()] = text;
      const auto start = text.find("v=0\r\n");
      const auto end = text.find("\r\n--", start);  // The boundary ends the part of a multipart body.
      if (start != std::string::npos && std::string_view(folder) != "corpus/sdp")
        found[entry.path().filename()] = text.substr(start, end - start);
    }
  }
  return found;
}

void check_round_trip(const std::string& text) {
  const auto session = sdp::parse_session(text);
  if (!session) return;
  const std::string written = sdp::write_session(*session);
  const auto again = sdp::parse_session(written);
  REQUIRE(again);
  CHECK(*again == *session);
  CHECK(sdp::write_session(*again) == written);
}

}  // namespace

TEST_CASE("the parser reads session descriptions of other programs. Each one, whole or cut off, reads back equal after it is written [RFC 8866 section 5]") {
  const auto texts = bodies();
  if (texts.empty()) return offhook_test::skip("the shared test data has no session descriptions");
  for (const auto& [name, text] : texts) {
    CAPTURE(name);
    const bool garbled = name == "pjsip-input.6.sdp" || name == "sofia-message-1.sdp";  // The first file has a random m= line, the second has v=1.
    const auto session = sdp::parse_session(text);
    if (!session) CAPTURE(sdp::to_string(session.error()));
    CHECK(session.has_value() == !garbled);
    for (std::size_t size = 0; size <= text.size(); ++size) check_round_trip(std::string(text, 0, size));
  }
}

TEST_CASE("the answer to an offer of another program has as many m= lines as the offer, with the same kinds and protocols [RFC 3264 section 6]") {
  const auto texts = bodies();
  if (texts.empty()) return offhook_test::skip("the shared test data has no session descriptions");
  for (const auto& [name, text] : texts) {
    const auto session = sdp::parse_session(text);
    if (!session) continue;
    CAPTURE(name);
    Agent agent;
    const auto answer = agent.negotiator.answer(*session);
    CHECK(agent.negotiator.is_consistent());
    if (!answer) continue;
    const auto ours = parsed(answer->body);
    REQUIRE(ours.media.size() == session->media.size());
    for (std::size_t i = 0; i < ours.media.size(); ++i) {
      CHECK(ours.media[i].kind == session->media[i].kind);
      CHECK(ours.media[i].protocol == session->media[i].protocol);
    }
    // The negotiator can also make an offer of its own after the answer.
    CHECK(answer->audio.remote_rtp.ip.is_v4());
    CHECK(parsed(agent.negotiator.make_offer()).media.size() == ours.media.size());
  }
}

TEST_CASE("the answer to typical offers of PBXs and gateways has the right codec and payload types") {
  struct Row { const char* body; AudioCodec codec; std::uint8_t number; std::optional<std::uint8_t> events; };
  const std::vector<Row> table{
      // Asterisk as FreePBX configures it.
      {"m=audio 14738 RTP/AVP 0 8 9 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 "
       "telephone-event/8000\r\n"
       "a=fmtp:101 0-16\r\na=ptime:20\r\na=maxptime:150\r\na=sendrecv\r\n",
       AudioCodec::G722, 9, 101},
      // A softphone that lists opus first, and telephone-event with two clock rates.
      {"m=audio 9000 RTP/AVP 96 9 0 97 98\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/48000\r\na=rtpmap:98 "
       "telephone-event/8000\r\na=rtcp-mux\r\na=rtcp:9000\r\n",
       AudioCodec::G722, 9, 98},
      // An old gateway that sends no rtpmap.
      {"m=audio 17000 RTP/AVP 18 8 4\r\n", AudioCodec::Pcma, 8, std::nullopt},
      // A trunk with telephone events as payload type 100, and comfort noise.
      {"m=audio 17000 RTP/AVP 0 100 13\r\na=rtpmap:100 telephone-event/8000\r\na=fmtp:100 0-15\r\na=rtpmap:13 "
       "CN/8000\r\na=silenceSupp:off - - - -\r\n",
       AudioCodec::Pcmu, 0, 100},
  };
  for (const Row& row : table) {
    CAPTURE(row.body);
    check_round_trip(sdp::write_session(peer(row.body)));
    const auto audio = Agent().answer(peer(row.body)).audio;
    CHECK(audio.codec == row.codec);
    CHECK(audio.send_payload_type == row.number);
    CHECK(audio.send_events == row.events);
  }
}
