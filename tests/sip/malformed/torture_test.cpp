// Sends torture messages through real sockets: Offhook's own messages, whose expected reactions are in REACTIONS.tsv, and those
// of RFC 4475 and RFC 5118 if the shared test data is available. The tables below have the expected reactions to the latter:
// those of a user agent server over UDP (from the shared table EXPECTED.tsv), and those over a stream if they differ.
#include "tls_peer.hpp"

#include <offhook/sip/message/parser.hpp>
#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

using namespace offhook;
using namespace offhook::malformed;

namespace {

enum class Stream {
  Same,   // the edge responds with the status, and keeps the connection
  Close,  // the edge responds with the status, and closes the connection
  Wait,   // the edge waits for more octets, and closes the connection when the time for one message is over
  Next,   // the edge responds with the status, and the next message begins after the body
  Lost,   // as Next, but the octets after the next message are not a message, and the edge closes the connection
};

struct Reaction {
  std::string file;
  std::vector<std::string> statuses;  ///< the allowed statuses; "" means no response
  Stream stream = Stream::Same;
  std::vector<std::string> stream_statuses = {};  ///< the allowed statuses over a stream; empty means `statuses`
};

const std::vector<Reaction> kRfc4475{
    {"badaspec.dat", {"200", "400"}},      {"badbranch.dat", {"200", "400"}},   {"baddate.dat", {"100", "400"}},
    {"baddn.dat", {"200", "400"}, Stream::Next}, {"badinv01.dat", {"400"}},     {"badvers.dat", {"505"}},
    {"bcast.dat", {""}},                   {"bext01.dat", {"420"}},             {"bigcode.dat", {""}},
    {"clerr.dat", {"400"}, Stream::Wait},  {"cparam01.dat", {"405"}},           {"cparam02.dat", {"405"}},
    {"dblreq.dat", {"405"}, Stream::Lost}, {"esc01.dat", {"100"}},              {"esc02.dat", {"405", "501"}},
    {"escnull.dat", {"405"}},              {"escruri.dat", {"100", "400"}},     {"insuf.dat", {"", "400"}},
    {"intmeth.dat", {"405", "501"}},       {"inv2543.dat", {"100"}, Stream::Close, {"400"}}, {"invut.dat", {"415"}},
    {"longreq.dat", {"100"}},              {"ltgtruri.dat", {"400"}},           {"lwsdisp.dat", {"200"}},
    {"lwsruri.dat", {"400"}},              {"lwsstart.dat", {"100", "400"}},    {"mcl01.dat", {"400"}, Stream::Close},
    {"mismatch01.dat", {"400"}},           {"mismatch02.dat", {"501", "400"}},  {"mpart01.dat", {"405", "200", "415"}},
    {"multi01.dat", {"400"}},              {"ncl.dat", {"400"}, Stream::Close}, {"noreason.dat", {""}},
    {"novelsc.dat", {"416"}},              {"quotbal.dat", {"400"}},            {"regaut01.dat", {"405"}},
    {"regbadct.dat", {"405", "400"}},      {"regescrt.dat", {"405"}},           {"scalar02.dat", {"400"}},
    {"scalarlg.dat", {""}},                {"sdp01.dat", {"406"}},              {"semiuri.dat", {"200"}},
    {"test.dat", {"", "400"}},             {"transports.dat", {"200"}},         {"trws.dat", {"200", "400"}},
    {"unkscm.dat", {"416"}},               {"unksm2.dat", {"405", "400"}},      {"unreason.dat", {""}},
    {"wsinv.dat", {"481"}},                {"zeromf.dat", {"200"}},
};

const std::vector<Reaction> kRfc5118{
    {"ipv4-mapped-ipv6", {"100"}},   {"ipv6-bad", {"400"}},          {"ipv6-bug-abnf-3-colons", {"200", "400"}},
    {"ipv6-correct-abnf-2-colons", {"200"}}, {"ipv6-good", {"405"}}, {"ipv6-in-sdp", {"400"}, Stream::Wait},
    {"mult-ip-in-header", {"481"}},  {"mult-ip-in-sdp", {"100"}},    {"port-ambiguous", {"405"}},
    {"port-unambiguous", {"405"}},   {"via-received-param-no-delim", {"200"}}, {"via-received-param-with-delim", {"481"}},
};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string with_crlf(std::string text) {
  if (text.find('\r') != std::string::npos) return text;
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.replace(at, 1, "\r\n");
  return text;  // The files of RFC 5118 have LF, but their lengths count CRLF.
}

/// Returns the port of the topmost Via. The response goes to this port if the Via has no rport.
std::uint16_t port_of(const sip::Message& message) { return message.top_via().port.value_or(5060); }

std::uint16_t answer_port(const std::string& text) {
  const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const auto parsed = sip::parse_message(sip::Slab::exact(bytes));
  return parsed ? port_of(*parsed) : port_of(parsed.error().message);
}

/// Returns the statuses of the responses in order, without the responses to good_options().
std::vector<std::string> statuses(const std::string& all) {
  std::vector<std::string> found;
  for (std::size_t at = all.find("SIP/2.0 "); at != std::string::npos;) {
    const auto next = all.find("\r\n\r\nSIP/2.0 ", at);
    const std::string one = all.substr(at, next == std::string::npos ? next : next - at);
    if (one.find("Call-ID: good-") == std::string::npos) found.push_back(one.substr(8, 3));
    at = next == std::string::npos ? next : next + 4;
  }
  return found;
}

bool is_expected(const std::vector<std::string>& wanted, const std::vector<std::string>& got) {
  const std::string first = got.empty() ? "" : got.front();
  return std::find(wanted.begin(), wanted.end(), first) != wanted.end();
}

/// A TCP connection to the edge.
struct TcpWay {
  static constexpr const char* kName = "TCP";
  PeerSocket peer;
  explicit TcpWay(std::uint16_t edge) : peer(SOCK_STREAM, "127.0.0.78", 0, edge) {}
};
struct TlsWay {
  static constexpr const char* kName = "TLS";
  TlsPeer peer;
  explicit TlsWay(std::uint16_t edge) : peer("127.0.0.79", edge) {}
};

struct Torture : LiveEdge {
  explicit Torture(std::optional<sip::TlsOptions> tls = {}) : LiveEdge(std::chrono::milliseconds(300), false, std::move(tls)) {}
  int number = 0;

  std::string options(std::string_view transport) { return good_options(transport, std::to_string(++number)); }
  std::string mark() const { return "Call-ID: good-" + std::to_string(number) + "\r\n"; }

  void over_udp(const std::string& text, const Reaction& want) {
    PeerSocket peer(SOCK_DGRAM, "127.0.0.77", answer_port(text), edge->port());
    peer.send(text);
    peer.send(options("UDP"));
    const std::string all = peer.receive(mark());
    CHECK_MESSAGE(all.find(mark()) != std::string::npos, want.file);
    CHECK_MESSAGE(is_expected(want.statuses, statuses(all)), want.file, " over UDP: ", all.substr(0, 11));
  }
  template <class Way>
  void over_stream(const std::string& text, const Reaction& want) {
    const std::string over = std::string(" over ") + Way::kName + ": ";
    Way way(edge->port());
    auto& peer = way.peer;
    peer.send(text);
    if (text.find("\r\n\r\n") == std::string::npos) peer.send("\r\n");  // Files of RFC 5118 end before the empty line.
    std::string all;
    if (want.stream == Stream::Same || want.stream == Stream::Next) {
      // Two bodies of RFC 5118 are longer than their Content-Length. The excess octets damage the first of these OPTIONS requests,
      // but not the second one.
      for (int i = 0; i < 2; ++i) peer.send(options(Way::kName));
      all = peer.receive(mark());
      CHECK_MESSAGE(all.find(mark()) != std::string::npos, want.file, over, "does not respond to the next message");
      CHECK_MESSAGE(!peer.closed(), want.file, over, "closed a connection whose framing was intact");
    } else {
      all = peer.receive("nothing that could come");
      CHECK_MESSAGE(peer.closed(), want.file, over, "kept a connection whose framing was lost");
    }
    const auto got = statuses(all);
    if (want.stream == Stream::Wait) {
      CHECK_MESSAGE((got.empty() || got.front() == "400"), want.file, over, all.substr(0, 11));
    } else {
      CHECK_MESSAGE(is_expected(want.stream_statuses.empty() ? want.statuses : want.stream_statuses, got), want.file, over, all.substr(0, 11));
      if (!want.stream_statuses.empty()) CHECK_MESSAGE(got.size() == 1, want.file, over);
      if (want.stream == Stream::Lost) CHECK_MESSAGE((got.size() >= 2 && got[1] == "400"), want.file, " hides a message");  // An INVITE without a Contact.
      if (want.stream == Stream::Same) CHECK_MESSAGE(got.size() <= 1, want.file);
    }
    Way other(edge->port());  // Other connections are not affected.
    other.peer.send(options(Way::kName));
    CHECK_MESSAGE(other.peer.receive(mark()).find("SIP/2.0 200") != std::string::npos, want.file);
  }
};

enum class Over { Udp, Tcp, Tls };

const std::filesystem::path kOwn = "tests/data/torture";

/// Reads REACTIONS.tsv. Its columns: the file, the allowed statuses (separated by |, "-" means no response), the effect on a
/// stream, and the allowed statuses over a stream if they differ.
std::vector<Reaction> own() {
  const auto parts = [](const std::string& text, char at) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, at);) all.push_back(at == '|' && part == "-" ? "" : part);
    return all;
  };
  const std::map<std::string, Stream> kStreams{
      {"same", Stream::Same}, {"close", Stream::Close}, {"wait", Stream::Wait}, {"next", Stream::Next}, {"lost", Stream::Lost}};
  std::vector<Reaction> all;
  std::ifstream table(kOwn / "REACTIONS.tsv");
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    const auto row = parts(line, '\t');
    REQUIRE_MESSAGE(row.size() >= 3, line);
    all.push_back({row[0], parts(row[1], '|'), kStreams.at(row[2]), row.size() > 3 ? parts(row[3], '|') : std::vector<std::string>{}});
  }
  return all;
}

std::size_t run(const std::filesystem::path& folder, const std::vector<Reaction>& table, Over over) {
  std::size_t done = 0;
  for (const Reaction& want : table) {
    // Each message gets a new edge, because some messages belong to one transaction.
    Torture torture(over == Over::Tls ? std::optional(CertificateFiles::get().options()) : std::nullopt);
    const std::string file = read(folder / want.file), text = folder == kOwn ? file : with_crlf(file);
    REQUIRE_MESSAGE(!text.empty(), want.file);
    switch (over) {
      case Over::Udp: torture.over_udp(text, want); break;
      case Over::Tcp: torture.over_stream<TcpWay>(text, want); break;
      case Over::Tls: torture.over_stream<TlsWay>(text, want); break;
    }
    ++done;
  }
  return done;
}

/// Runs the messages of an RFC, in a folder of the shared test data.
void run_shared(const char* folder, const std::vector<Reaction>& table, Over over) {
  if (!offhook_test::has_shared_data(folder)) return offhook_test::skip(std::string("the shared test data has no ") + folder);
  CHECK(run(offhook_test::shared_data(folder), table, over) == table.size());
}

}  // namespace

TEST_CASE("Over UDP the edge gives each message of RFC 4475 the response of a user agent [RFC 4475 section 3]") {
  run_shared("rfc4475", kRfc4475, Over::Udp);
}
TEST_CASE("Over TCP the edge gives each message of RFC 4475 the response of a user agent [RFC 4475 section 3]") {
  run_shared("rfc4475", kRfc4475, Over::Tcp);
}
TEST_CASE("Over UDP the edge gives each message of RFC 5118 the response of a user agent [RFC 5118 section 4]") {
  run_shared("rfc5118", kRfc5118, Over::Udp);
}
TEST_CASE("Over TCP the edge gives each message of RFC 5118 the response of a user agent [RFC 5118 section 4]") {
  run_shared("rfc5118", kRfc5118, Over::Tcp);
}
TEST_CASE("Over TLS the edge gives each message of RFC 4475 the response of a user agent [RFC 4475 section 3]") {
  run_shared("rfc4475", kRfc4475, Over::Tls);
}
TEST_CASE("Over TLS the edge gives each message of RFC 5118 the response of a user agent [RFC 5118 section 4]") {
  run_shared("rfc5118", kRfc5118, Over::Tls);
}
TEST_CASE("Over UDP, TCP and TLS the edge gives each of Offhook's torture messages the response of a user agent [RFC 4475 section 3, RFC 5118 section 4]") {
  const auto table = own();
  CHECK(table.size() >= 80);
  for (const auto over : {Over::Udp, Over::Tcp, Over::Tls}) CHECK(run(kOwn, table, over) == table.size());
}
