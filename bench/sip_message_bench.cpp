// One INVITE with an offer, as a PBX sends it: from the received bytes to a parsed message, copy into the slab included.
#include <offhook/sip/message/parser.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace offhook;

std::string invite() {
  const std::string offer =
      "v=0\r\no=- 1201 1201 IN IP4 192.0.2.10\r\ns=pbx\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 14520 RTP/AVP 9 0 8 101\r\n"
      "a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
      "a=fmtp:101 0-16\r\na=ptime:20\r\na=maxptime:150\r\na=sendrecv\r\n";
  return "INVITE sip:6001@198.51.100.7:5060 SIP/2.0\r\n"
         "Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKPj2f1d6b7c-61a0-4b5e-9d5a-0f3a8d4d5f11\r\n"
         "From: \"Alice Example\" <sip:1001@192.0.2.10>;tag=4f2c8e1b-9a77\r\n"
         "To: <sip:6001@198.51.100.7>\r\n"
         "Contact: <sip:asterisk@192.0.2.10:5060>\r\n"
         "Call-ID: 0d6c1a52-7b3f-4e58-8f7e-3d4a9d1b6c20\r\n"
         "CSeq: 14522 INVITE\r\n"
         "Allow: OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, MESSAGE, REFER\r\n"
         "Supported: 100rel, timer, replaces, norefersub\r\n"
         "Session-Expires: 1800\r\nMin-SE: 90\r\n"
         "P-Asserted-Identity: \"Alice Example\" <sip:1001@192.0.2.10>\r\n"
         "Max-Forwards: 70\r\nUser-Agent: pbx\r\nContent-Type: application/sdp\r\n"
         "Content-Length: " + std::to_string(offer.size()) + "\r\n\r\n" + offer;
}

void parse_invite(benchmark::State& state) {
  const std::string bytes = invite();
  const base::Bytes view{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  sip::SlabPool pool;
  for (auto _ : state) {
    auto message = sip::parse_message(pool.copy(view));
    if (!message) state.SkipWithError("the INVITE was refused");
    benchmark::DoNotOptimize(message);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(parse_invite);

}  // namespace
