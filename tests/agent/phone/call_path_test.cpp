#include <offhook/base/random.hpp>
#include <offhook/rtp/ice/detail/binding.hpp>
#include <offhook/sdp/negotiator.hpp>
#include <offhook/tests/agent/phone/call_paths.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::test;

namespace {

struct Calls : PathNetwork {
  std::set<base::SocketAddress> destinations;   // of the datagrams that `us` sent from its RTP address
  PathSide us{socket_address("198.51.100.1", 5000), dtls_endpoint()};
  PathSide a{socket_address("198.51.100.2", 6000), dtls_endpoint()}, b{socket_address("198.51.100.3", 7000), dtls_endpoint()};

  Calls() {
    passes = [this](const auto& from, const auto& to) {
      if (from == us.rtp) destinations.insert(to);
      return true;
    };
  }
};

std::shared_ptr<phone::NatServers> servers(const std::string& uri, const std::string& username = {}, const std::string& password = {}) {
  return phone::NatServers::make({.servers = {{uri, username, password}}}).value();
}

}  // namespace

TEST_CASE_FIXTURE(Calls, "Two sides find each other by ICE, and encrypt by DTLS over that path") {
  begin(us, true);
  begin(a, false);
  apply(a, us.rtp, {.ice = *us.path.description(), .dtls = us.described_dtls(true)});
  apply(us, a.rtp, {.ice = *a.path.description(), .dtls = a.described_dtls(false), .is_answer = true});
  run(3s);
  CHECK(us.path.route() == "host to host");
  CHECK(us.path.suite() == "AEAD_AES_128_GCM");
  CHECK(a.path.suite() == us.path.suite());
  CHECK(us.path.along_path({}).remote_rtp == a.rtp);
}

TEST_CASE_FIXTURE(Calls, "Media may come from an address that has answered a check of this side, but not from one that has only sent a check [RFC 8445 section 12.2]") {
  passes = [&](const auto& from, const auto&) { return from != us.rtp; };
  begin(us, false);
  begin(a, true);
  apply(us, a.rtp, {.ice = *a.path.description()});
  apply(a, us.rtp, {.ice = *us.path.description(), .is_answer = true});
  run(1s);
  CHECK(us.path.along_path({}).remote_rtp.port == 0);
  CHECK(us.path.along_path({}).proven == rtp::ProvenSources{});
  passes = [](const auto&, const auto&) { return true; };
  run(5s);
  CHECK(us.path.along_path({}).remote_rtp == a.rtp);
  CHECK(us.path.along_path({}).proven[0] == a.rtp);
}

TEST_CASE_FIXTURE(Calls, "If a peer has nominated two paths, the DTLS handshake and the media may come along the path that this side has not selected [RFC 8445 section 12.2]") {
  const auto other = socket_address("198.51.100.2", 6002);   // werift 0.25 sends checks from two addresses and uses the other one for DTLS.
  sources = [&](const base::SocketAddress& from, base::Bytes octets) {
    if (from == a.rtp && rtp::kind_of(octets) == rtp::DatagramKind::Dtls) return std::vector{other};
    const auto message = rtp::StunMessage::parse(octets);
    if (from == a.rtp && message && message->kind() == rtp::StunClass::Request) return std::vector{from, other};
    return std::vector{from};
  };
  begin(us, false);
  begin(a, true);
  auto theirs = *a.path.description();
  theirs.options.clear();
  strays = [&](const base::SocketAddress& from, const base::SocketAddress& to, const std::vector<std::uint8_t>& octets) {
    const auto request = rtp::StunMessage::parse(octets);
    if (to == other && request) deliver(other, from, rtp::write_success(request->id(), from, {theirs.ufrag, theirs.password}));
  };
  apply(us, a.rtp, {.ice = theirs, .dtls = a.described_dtls(true)});
  apply(a, us.rtp, {.ice = *us.path.description(), .dtls = us.described_dtls(false), .is_answer = true});
  run(3s);
  CHECK(us.path.suite() == "AEAD_AES_128_GCM");
  CHECK(us.path.along_path({}).remote_rtp == a.rtp);
  const auto proven = us.path.along_path({}).proven;
  CHECK(std::find(proven.begin(), proven.end(), other) != proven.end());
}

TEST_CASE_FIXTURE(Calls, "A second fork of a call connects with the credentials of our offer [RFC 8839 section 7.3]") {
  begin(us, true);
  begin(a, false);
  begin(b, false);
  const auto offered = *us.path.description();
  apply(a, us.rtp, {.ice = offered});
  apply(b, us.rtp, {.ice = offered});
  apply(us, a.rtp, {.ice = *a.path.description(), .is_answer = true});
  run(2s);
  REQUIRE(us.path.along_path({}).remote_rtp == a.rtp);
  apply(us, b.rtp, {.ice = *b.path.description(), .dialog = 1, .is_answer = true});
  CHECK(us.path.along_path({}).remote_rtp.port == 0);  // The media do not go to the first fork any more.
  CHECK(us.path.description()->ufrag == offered.ufrag);
  run(3s);
  CHECK(us.path.along_path({}).remote_rtp == b.rtp);
  CHECK(b.path.along_path({}).remote_rtp == us.rtp);
  CHECK(us.error == "");
}

TEST_CASE_FIXTURE(Calls, "Each fork of a call has its own handshake, even if its association has the same number [RFC 8842 section 7]") {
  sides = {&us, &a, &b};
  bool completes = false;
  SUBCASE("the first fork has completed its handshake") { completes = true; }
  SUBCASE("the first fork has not begun its handshake") {}
  apply(us, a.rtp, {.dtls = a.described_dtls(false), .is_answer = true});
  if (completes) apply(a, us.rtp, {.dtls = us.described_dtls(true)});
  run(2s);
  REQUIRE(us.path.suite().empty() != completes);
  REQUIRE(us.path.is_open() == completes);
  apply(us, b.rtp, {.dtls = b.described_dtls(false), .dialog = 1, .is_answer = true});
  CHECK_FALSE(us.path.is_open());  // The keys of the first fork do not open the path to the second one.
  apply(b, us.rtp, {.dtls = us.described_dtls(true)});
  run(3s);
  CHECK(us.error == "");
  CHECK(us.path.is_open());
  CHECK(us.path.suite() == "AEAD_AES_128_GCM");
  CHECK(b.path.suite() == "AEAD_AES_128_GCM");
}

TEST_CASE_FIXTURE(Calls, "After a peer's description without ICE, this side begins ICE with new credentials, however long the pause was [RFC 8839 section 4.4.3.1]") {
  begin(us, true);
  begin(a, false);
  begin(b, false);
  connect(us, a);
  const auto before = *us.path.description(), theirs = *a.path.description();
  apply(us, socket_address("198.51.100.9", 9000), {.is_answer = true});  // A B2BUA plays music.
  run(60s);
  const auto offered = *us.path.description();
  CHECK(offered.ufrag != before.ufrag);
  SUBCASE("the peer describes its former credentials") { apply(us, a.rtp, {.ice = theirs}); }
  SUBCASE("another peer answers the new offer") {
    apply(b, us.rtp, {.ice = offered});
    apply(us, b.rtp, {.ice = *b.path.description(), .is_answer = true});
    run(3s);
    CHECK(us.path.along_path({}).remote_rtp == b.rtp);
  }
  run(3s);
  CHECK(us.error == "");
}

TEST_CASE_FIXTURE(Calls, "After a fork answers without ICE, a fork with ICE can still connect with the credentials of our offer, however long the pause was [RFC 8839 section 7.3]") {
  begin(us, true);
  begin(a, false);
  const auto offered = *us.path.description();
  apply(a, us.rtp, {.ice = offered});
  apply(us, a.rtp, {.ice = *a.path.description(), .is_answer = true});
  run(3s);
  apply(us, b.rtp, {.dialog = 1, .is_answer = true});
  CHECK(us.path.description()->ufrag == offered.ufrag);
  run(40s);
  apply(us, a.rtp, {.ice = *a.path.description(), .dialog = 2, .is_answer = true});
  run(3s);
  CHECK(us.error == "");
  CHECK(us.path.along_path({}).remote_rtp == a.rtp);
}

TEST_CASE_FIXTURE(Calls, "This side answers checks that come before the peer's answer [RFC 8445 section 7.3]") {
  begin(us, true);
  begin(a, false);
  CHECK_FALSE(us.path.pause(false));
  CHECK(us.path.pause(true));
  apply(a, us.rtp, {.ice = *us.path.description()});
  run(1s);
  CHECK(a.path.along_path({}).remote_rtp == us.rtp);
}

TEST_CASE_FIXTURE(Calls, "When a plain call agrees on DTLS, no plain packet passes from then on, in either direction") {
  sides = {&us};
  us.keys->put(std::make_unique<media::SrtpKeyOrder>());
  apply(us, a.rtp, {});
  const auto passes_plain = [&] {
    std::vector<std::uint8_t> packet(172, 0), room(300, 0);
    packet[0] = room[0] = 0x80;
    const bool leaves = us.worker->protect(media::Channel::Rtp, room, 172).has_value();
    const bool enters = us.worker->on_datagram(media::Channel::Rtp, a.rtp, packet, now).verdict == media::PacketPath::Verdict::Rtp;
    CHECK(leaves == enters);
    return leaves || enters;
  };
  CHECK(passes_plain());
  apply(us, a.rtp, {.dtls = a.described_dtls(false)});
  CHECK_FALSE(passes_plain());
}

TEST_CASE_FIXTURE(Calls, "After the nomination, a description has only the selected candidates, and the controlling side's offer also has the peer's candidates [RFC 8839 section 4.4.1.2.2]") {
  phone::MediaPlace place;
  place.as_seen = base::IpAddress::parse("203.0.113.4");  // a second candidate
  begin(us, true, nullptr, place);
  begin(a, false);
  CHECK(us.path.description(true)->candidates.size() == 4);
  CHECK(us.path.description(true)->remote_candidates.empty());
  connect(us, a);
  for (const bool is_offer : {true, false}) {
    const auto ours = *us.path.description(is_offer), theirs = *a.path.description(is_offer);
    REQUIRE(ours.candidates.size() == 1);
    CHECK(ours.candidates[0].address() == us.rtp);
    CHECK(ours.remote_candidates == (is_offer ? std::vector<sdp::RemoteCandidate>{{1, a.rtp}} : std::vector<sdp::RemoteCandidate>{}));
    CHECK(theirs.candidates.size() == 1);
    CHECK(theirs.remote_candidates.empty());
  }
  us.path.restart_ice();
  CHECK(us.path.description(true)->candidates.size() == 4);
}

TEST_CASE_FIXTURE(Calls, "An offer that another peer may answer has new credentials, and media continue until the answer [RFC 8839 section 7.5]") {
  begin(us, false);
  begin(a, true);
  begin(b, false);
  apply(us, a.rtp, {.ice = *a.path.description()});
  apply(a, us.rtp, {.ice = *us.path.description(), .is_answer = true});
  run(3s);
  const auto before = us.path.description()->ufrag;
  us.path.restart_ice();
  const auto offered = *us.path.description();
  CHECK(offered.ufrag != before);
  run(1s);
  CHECK(us.path.along_path({}).remote_rtp == a.rtp);
  SUBCASE("the other peer answers") {
    apply(b, us.rtp, {.ice = offered});
    apply(us, b.rtp, {.ice = *b.path.description(), .is_answer = true});
    CHECK(us.path.description()->ufrag == offered.ufrag);
    run(3s);
    CHECK(us.path.along_path({}).remote_rtp == b.rtp);
    CHECK(b.path.along_path({}).remote_rtp == us.rtp);
  }
  SUBCASE("nobody answers") {
    us.path.cancel_restart();
    CHECK(us.path.description()->ufrag == before);
    run(60s);
    CHECK(us.path.along_path({}).remote_rtp == a.rtp);
  }
  CHECK(us.error == "");
}

TEST_CASE_FIXTURE(Calls, "A call without a path fails with a reason, even if the peer could trickle further candidates [RFC 8840 section 4]") {
  passes = [](const auto&, const auto&) { return false; };
  begin(us, false);
  begin(a, true);
  auto theirs = *a.path.description();
  SUBCASE("trickle") { theirs.options = {"trickle"}; }
  SUBCASE("ice2") { theirs.options = {"ice2"}; }
  apply(us, a.rtp, {.ice = theirs});
  run(45s);
  CHECK(us.error.find("ICE found no path: ") == 0);
  CHECK(us.error.find("/nat/servers") != std::string::npos);
}

TEST_CASE_FIXTURE(Calls, "The agent checks candidates that the peer trickles, even those that came before the answer to the peer's offer [RFC 8840 section 4.4]") {
  begin(us, false);
  begin(a, true);
  const auto later = *a.path.description();
  auto theirs = later;
  theirs.candidates.clear();
  theirs.options.emplace_back("trickle");
  SUBCASE("before the answer") {
    us.path.add_trickled(later, now);
    apply(us, a.rtp, {.ice = theirs});
  }
  SUBCASE("after the answer") {
    apply(us, a.rtp, {.ice = theirs});
    run(1s);
    us.path.add_trickled(later, now);
  }
  run(1s);
  CHECK(destinations.contains(a.rtp));
}

TEST_CASE_FIXTURE(Calls, "The agent ignores trickled candidates whose credentials differ from those of the peer's description [RFC 8840 section 4.4]") {
  begin(us, false);
  begin(a, true);
  auto later = *a.path.description(), theirs = later;
  theirs.candidates.clear();
  later.ufrag += "x";
  us.path.add_trickled(later, now);
  apply(us, a.rtp, {.ice = theirs});
  us.path.add_trickled(later, now);
  run(1s);
  CHECK(destinations.empty());
}

TEST_CASE_FIXTURE(Calls, "A peer without candidates for RTCP has one component, even without rtcp-mux [RFC 8445 section 6.1.2.2]") {
  begin(us, false);
  begin(a, true);
  auto theirs = *a.path.description();
  std::erase_if(theirs.candidates, [](const auto& line) { return line.component == 2; });
  apply(us, a.rtp, {.is_muxed = false, .ice = theirs});
  apply(a, us.rtp, {.ice = *us.path.description(), .is_answer = true});
  run(60s);
  CHECK(us.error == "");
  CHECK(us.path.route() == "host to host");
}

TEST_CASE_FIXTURE(Calls, "Without rtcp-mux, RTCP has its own handshake, which begins when ICE has found the path of RTCP [RFC 5764 section 4.1]") {
  begin(us, false);
  begin(a, true);
  apply(us, a.rtp, {.is_muxed = false, .ice = *a.path.description(), .dtls = a.described_dtls(true)});
  apply(a, us.rtp, {.is_muxed = false, .ice = *us.path.description(), .dtls = us.described_dtls(false), .is_answer = true});
  run(5s);
  CHECK(us.dtls_sent[media::Channel::Rtp] > 0);
  CHECK(us.dtls_sent[media::Channel::Rtcp] > 0);
  CHECK(us.error == "");
}

TEST_CASE_FIXTURE(Calls, "After a new handshake, packets under the former keys are still accepted for some time [RFC 8842 section 5.5]") {
  sides = {&us, &a};
  const auto shake = [&](unsigned association) {
    auto ours = us.described_dtls(true), theirs = a.described_dtls(false);
    ours.association = theirs.association = association;
    apply(us, a.rtp, {.dtls = theirs});
    apply(a, us.rtp, {.dtls = ours});
    run(3s);
  };
  std::uint8_t sequence = 0;
  const auto packet = [&] {
    std::vector<std::uint8_t> made(172 + media::PacketPath::kMaxAddedOctets);
    made[0] = 0x80;
    made[3] = ++sequence;
    made.resize(a.worker->protect(media::Channel::Rtp, made, 172).value());
    return made;
  };
  const auto verdict = [&](std::vector<std::uint8_t> datagram) { return us.worker->on_datagram(media::Channel::Rtp, a.rtp, datagram, now).verdict; };
  shake(1);
  for (unsigned association = 2; association <= 3; ++association) {
    auto late = packet(), later = packet();
    shake(association);
    CHECK(verdict(packet()) == media::PacketPath::Verdict::Rtp);
    CHECK(verdict(late) == media::PacketPath::Verdict::Rtp);
    run(3s);
    CHECK(verdict(later) == media::PacketPath::Verdict::Refused);
  }
}

TEST_CASE_FIXTURE(Calls, "When keys from SDP replace the keys of DTLS, RTCP on its own port also uses the keys from SDP") {
  sides = {&us, &a};
  apply(us, a.rtp, {.is_muxed = false, .dtls = a.described_dtls(true)});
  apply(a, us.rtp, {.is_muxed = false, .dtls = us.described_dtls(false)});
  run(3s);
  REQUIRE(us.path.suite() != "");
  const auto key = rtp::SrtpMasterKey::make(rtp::SrtpSuite::AesCm128Sha1_80, std::vector<std::uint8_t>(30, 1)).value();
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->sender = order->receiver = 0;
  order->senders[0] = std::make_unique<rtp::SrtpSender>(rtp::SrtpSender::make(key).value());
  order->receivers[0] = std::make_unique<rtp::SrtpReceiver>(rtp::SrtpReceiver::make(key).value());
  us.keys->put(std::move(order));
  apply(us, a.rtp, {.is_muxed = false});
  run(20ms);
  std::vector<std::uint8_t> report{0x80, 201, 0, 1, 1, 2, 3, 4};
  report.resize(8 + media::PacketPath::kMaxAddedOctets);
  const auto size = us.worker->protect(media::Channel::Rtcp, report, 8);
  REQUIRE(size);
  report.resize(*size);
  CHECK(rtp::SrtpReceiver::make(key)->unprotect_rtcp(report));
}

TEST_CASE_FIXTURE(Calls, "ICE and DTLS that failed in an early dialog begin again at the 2xx") {
  bool is_answer = true;
  SUBCASE("the peer's latest description is an answer") {}
  SUBCASE("the peer's latest description is an offer, in an UPDATE or PRACK") { is_answer = false; }
  begin(us, true);
  begin(a, false);
  apply(us, a.rtp, {.ice = *a.path.description(), .dtls = a.described_dtls(false), .is_answer = is_answer});
  run(45s);  // The peer begins ICE and DTLS only when its user answers.
  REQUIRE(us.error != "");
  us.error.clear();
  us.path.forget_failure();
  apply(a, us.rtp, {.ice = *us.path.description(), .dtls = us.described_dtls(true)});
  apply(us, a.rtp, {.ice = *a.path.description(), .dtls = a.described_dtls(false), .is_answer = is_answer});
  run(5s);
  CHECK(us.error == "");
  CHECK(us.path.route() == "host to host");
  CHECK(us.path.suite() == "AEAD_AES_128_GCM");
}

TEST_CASE_FIXTURE(Calls, "10000 datagrams a second from other hosts do not end a call") {
  begin(us, false);
  begin(a, true);
  connect(a, us);
  us.ticks_between_polls = 5;
  std::vector<std::uint8_t> junk(20), request(20);
  const std::array<std::uint8_t, 4> cookie{0x21, 0x12, 0xa4, 0x42};
  request[1] = 1;
  std::copy(cookie.begin(), cookie.end(), request.begin() + 4);
  const auto stranger = socket_address("203.0.113.9", 9);
  for (const auto end = now + 120s; now < end && us.error.empty();) {
    for (int i = 0; i < 100; ++i) (void)us.worker->on_datagram(media::Channel::Rtp, stranger, i % 2 == 0 ? junk : request, now);
    step();
  }
  CHECK(us.error == "");
  CHECK(us.path.along_path({}).remote_rtp == a.rtp);
}

TEST_CASE_FIXTURE(Calls, "A datagram that is not part of the handshake does not change the destination of the handshake") {
  for (const auto rule : {rtp::SourceRule::PeerHosts, rtp::SourceRule::AnyHost}) {
    PathSide side(us.rtp, us.dtls);
    sides = {&side};
    apply(side, a.rtp, {.dtls = a.described_dtls(true), .rule = rule});
    const auto stranger = rule == rtp::SourceRule::AnyHost ? socket_address("203.0.113.9", 9) : socket_address("198.51.100.2", 7);
    int to_stranger = 0;
    passes = [&](const auto&, const auto& to) {
      to_stranger += to == stranger ? 1 : 0;
      return true;
    };
    std::vector<std::uint8_t> alert{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    for (int i = 0; i < 500; ++i) {
      deliver(stranger, side.rtp, alert);
      step();
    }
    CHECK(side.dtls_sent[media::Channel::Rtp] > 1);
    CHECK(to_stranger == 0);
  }
}

TEST_CASE_FIXTURE(Calls, "The description for a public peer has the address from a STUN server, also as a candidate, and no private address") {
  PathSide hidden(socket_address("10.0.0.5", 5000));
  sides = {&hidden};
  std::optional<base::SocketAddress> asked;
  const base::SocketAddress server = socket_address("192.0.2.9", 3478);
  hidden.path.begin({.place = {.local = hidden.rtp.ip, .is_hidden = true, .asks_servers = true}, .local = hidden.rtp, .uses_ice = true, .controlling = true, .servers = servers("stun:192.0.2.9")}, now);
  turn_address = socket_address("192.0.2.99", 1);
  for (int i = 0; i < 500 && !hidden.path.gather(now); ++i) {
    now += 10ms;
    hidden.worker->on_time(now);
    while (const auto own = hidden.worker->poll_transmit()) {
      REQUIRE(own->to == server);
      const auto request = rtp::StunMessage::parse(own->octets).value();
      const auto mapped = socket_address("203.0.113.1", static_cast<std::uint16_t>(own->channel == media::Channel::Rtcp ? 40'005 : 40'000));
      auto answer = offhook_test::stun(rtp::StunMethod::Binding, rtp::StunClass::Success, request.id(), [&](auto& writer) { writer.add_address(rtp::StunAttribute::XorMappedAddress, mapped); });
      (void)hidden.worker->on_datagram(own->channel, server, answer, now);
    }
  }
  const auto described = hidden.path.described().value();
  CHECK(described.rtp == socket_address("203.0.113.1", 40'000));
  CHECK(described.rtcp_port == 40'005);
  const auto ours = hidden.path.description().value();
  REQUIRE(ours.candidates.size() == 2);
  for (const auto& line : ours.candidates) {
    CHECK(line.type == sdp::CandidateType::ServerReflexive);
    CHECK(line.host == "203.0.113.1");
    CHECK(line.related == socket_address("0.0.0.0", 9));
  }
}

TEST_CASE_FIXTURE(Calls, "A STUN server that does not answer delays a call by two seconds, but does not delay the calls of the next minute") {
  const auto silent = servers("stun:192.0.2.77");
  std::vector<std::string> told;
  silent->look_up({}, {}, [&](const std::string& uri, const std::string& why) { told.push_back(uri + " " + why); });
  begin(us, true, silent);
  const auto began = now;
  gather(us);
  CHECK(now - began >= 2s);
  CHECK(now - began < 3s);
  CHECK(told == std::vector<std::string>{"stun:192.0.2.77 the server has not answered"});
  PathSide next(socket_address("198.51.100.1", 5100));
  begin(next, true, silent);
  CHECK_FALSE(next.path.is_gathering());
  now += 61s;
  PathSide later(socket_address("198.51.100.1", 5200));
  begin(later, true, silent);
  CHECK(later.path.is_gathering());
}

TEST_CASE_FIXTURE(Calls, "A TURN server relays a call that has no other path: checks, handshake and media both ways, until the allocation is deleted") {
  const auto is_turn = [this](const base::SocketAddress& one) { return one == turn_address || one.ip == socket_address("192.0.2.50", 1).ip; };
  passes = [&](const auto& from, const auto& to) { return is_turn(from) || is_turn(to); };
  begin(us, true, servers("turn:192.0.2.9", "user", "secret"));
  begin(a, false);
  gather(us);
  const auto ours = *us.path.description();
  CHECK(std::count_if(ours.candidates.begin(), ours.candidates.end(), [](const auto& line) { return line.type == sdp::CandidateType::Relayed; }) == 2);
  apply(a, us.rtp, {.ice = ours, .dtls = us.described_dtls(true)});
  apply(us, a.rtp, {.ice = *a.path.description(), .dtls = a.described_dtls(false), .is_answer = true});
  run(8s);
  CHECK(us.error == "");
  CHECK(us.path.route().find("relay to ") == 0);
  CHECK(us.path.suite() == "AEAD_AES_128_GCM");
  CHECK(us.path.along_path({}).remote_rtp == turn_address);
  CHECK(us.path.described()->rtp == socket_address("192.0.2.50", 15'000));  // Later descriptions have this address in c= and m=: RFC 8839 section 4.4.1.2.
  CHECK(a.path.along_path({}).remote_rtp == socket_address("192.0.2.50", 15'000));

  std::vector<std::uint8_t> room(300, 0), seen;
  room[0] = 0x80;
  const auto size = us.worker->protect(media::Channel::Rtp, room, 172);
  REQUIRE(size);
  CHECK(room[0] == 0x40);
  std::vector<std::uint8_t> packet(room.begin() + 4, room.begin() + static_cast<std::ptrdiff_t>(*size));
  CHECK(a.worker->on_datagram(media::Channel::Rtp, socket_address("192.0.2.50", 15'000), packet, now).verdict == media::PacketPath::Verdict::Rtp);
  std::vector<std::uint8_t> back(300, 0);
  back[0] = 0x80;
  const auto back_size = a.worker->protect(media::Channel::Rtp, back, 172);
  REQUIRE(back_size);
  back.resize(*back_size);
  auto relayed = turn.at(us.rtp).from_peer(a.rtp, back, now).value();
  const auto got = us.worker->on_datagram(media::Channel::Rtp, turn_address, relayed, now);
  CHECK(got.verdict == media::PacketPath::Verdict::Rtp);
  CHECK(got.packet.size() == 172);

  us.path.end(now);
  send_all(us);
  CHECK_FALSE(turn.at(us.rtp).is_allocated(now));
}

TEST_CASE_FIXTURE(Calls, "A TURN server that refuses the password is reported, and the call continues without this server") {
  const auto all = servers("turn:192.0.2.9", "user", "wrong");
  std::vector<std::string> told;
  all->look_up({}, {}, [&](const std::string&, const std::string& why) { told.push_back(why); });
  begin(us, true, all);
  const auto began = now;
  gather(us);
  CHECK(now - began < 1s);
  CHECK(told == std::vector<std::string>{"the server does not accept the username and password"});
  begin(a, false);
  connect(us, a);
  CHECK(us.path.route() == "host to host");
}

TEST_CASE("For 10000 sets of addresses, no description for a peer in the Internet has a private address") {
  base::SeededRandom random(27);
  const auto pick = [&](const std::vector<const char*>& some) { return base::IpAddress::parse(some[random.below(some.size())]).value(); };
  const std::vector<const char*> v4{"10.1.2.3", "172.20.0.1", "192.168.1.7", "100.65.3.2", "169.254.7.7", "203.0.113.4", "198.51.100.9", "8.8.4.4"};
  const std::vector<const char*> v6{"fd00::7", "fe80::1", "2001:db8::9", "2a00:1450::1", "fc12:3456::1"};
  int hidden = 0, without_address = 0;
  for (int i = 0; i < 10'000; ++i) {
    const bool is_v6 = random.below(3) == 0;
    const auto one = [&] { return pick(is_v6 ? v6 : v4); };
    const auto maybe = [&] { return random.below(2) == 0 ? std::optional(random.below(4) == 0 ? pick(is_v6 ? v4 : v6) : one()) : std::nullopt; };
    const phone::PlaceFacts facts{one(), one(), maybe(), maybe()};
    const auto place = phone::place_for(facts);
    const bool is_secret = facts.peer->is_public() && !facts.local.is_public();
    CHECK(place.is_hidden == is_secret);
    hidden += is_secret ? 1 : 0;
    phone::CallPath path(nullptr, std::make_shared<media::SrtpKeyBox>());
    const bool uses_ice = random.below(2) == 0;
    path.begin({.place = place, .local = {facts.local, 20'000}, .uses_ice = uses_ice, .controlling = true}, {});
    const auto described = path.described();
    if (!described) {
      ++without_address;
      CHECK(is_secret);
      continue;
    }
    sdp::Negotiator negotiator({}, described->rtp, 1);
    negotiator.set_rtcp_port(described->rtcp_port);
    negotiator.set_ice(path.description(), true);
    const std::string offer = negotiator.make_offer();
    if (is_secret) {
      const auto host = base::IpAddress::parse(described->rtp.ip.to_string()).value();
      CHECK(host.is_public());
      for (const auto* const all : {&v4, &v6}) {
        for (const char* text : *all) {
          const bool is_there = offer.find(std::string(" ") + text + " ") != std::string::npos || offer.find(std::string(" ") + text + "\r\n") != std::string::npos;
          if (!base::IpAddress::parse(text)->is_public()) CHECK_FALSE(is_there);
        }
      }
    } else {
      CHECK(described->rtp.ip == facts.local);
    }
  }
  CHECK(hidden > 1000);
  CHECK(without_address > 100);
}
