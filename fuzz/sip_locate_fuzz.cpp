// The input is hostile responses of name servers. Checks that the search for a server ends within its bounds, whatever the responses and
// their order are, and that `sips` always uses TLS.
#include "require.hpp"

#include <offhook/sip/locate/locator.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::sip;
using namespace offhook::sip::locate;
using offhook::fuzz::require;

namespace {

/// Reads small choices from the input. Returns 0 after its end.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t next() { return at_ < size_ ? data_[at_++] : 0; }
  std::uint16_t next16() { return static_cast<std::uint16_t>(next() << 8 | next()); }
  bool at_end() const { return at_ >= size_; }
  /// Returns one of a few names in most cases, so that responses refer to each other, and otherwise any text.
  std::string name() {
    static const std::vector<std::string> kNames{"a.example", "b.example", "_sip._udp.a.example", "_sips._tcp.a.example", "", ".",
                                                 "C.Example.", "_sip._tcp.a.example"};
    const std::uint8_t choice = next();
    if (choice < 200) return kNames[choice % kNames.size()];
    std::string text;
    for (std::size_t i = choice - 200U; i > 0; --i) text.push_back(static_cast<char>(next()));
    return text;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
};

Record record(Bytes& in) {
  Record made{in.name(), std::chrono::seconds(in.next()), AddressRecord{}};
  switch (in.next() % 5) {
    case 0: made.data = AddressRecord{base::IpAddress::v4({192, 0, 2, in.next()})}; break;
    case 1: {
      std::array<std::uint8_t, 16> octets{};
      octets[15] = in.next();
      made.data = AddressRecord{base::IpAddress::v6(octets)};
      break;
    }
    case 2: {
      SrvRecord srv{in.next16(), in.next16(), in.next16(), {}};
      srv.target = in.name();
      made.data = std::move(srv);
      break;
    }
    case 3: {
      static const std::vector<std::string> kServices{"SIP+D2U", "SIPS+D2T", "SIP+D2T", "SIPS+D2W", "sip+d2w", "E2U+sip"};
      const std::uint16_t order = in.next16();
      made.data = NaptrRecord{order, in.next(), in.next() % 4 == 0 ? "u" : "s", kServices[in.next() % kServices.size()],
                              in.next() % 8 == 0 ? "!" : "", in.name()};
      break;
    }
    default: made.data = AliasRecord{in.name()};
  }
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes in(data, size);
  Locator::Target target{in.name(), {}, {}, in.next() % 2 == 0};
  if (in.next() % 4 == 0) target.port = in.next16();
  if (const auto choice = in.next() % 10; choice < 5) target.transport = static_cast<Transport>(choice);
  base::SeededRandom random(in.next());
  Locator::Options options;
  options.transports = {Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss};
  Locator locator(target, options, random);
  std::size_t questions = 0;
  std::vector<Question> open;
  for (;;) {
    while (const auto question = locator.poll_question()) {
      require(is_host_name(question->name) && ++questions <= Locator::kMaxQuestions);
      open.push_back(*question);
    }
    if (open.empty()) break;
    if (in.at_end()) {
      locator.give_up();
      break;
    }
    const auto at = open.begin() + in.next() % static_cast<std::ptrdiff_t>(open.size());
    Answer answer{static_cast<Answer::Kind>(in.next() % 5), {}};
    for (std::size_t i = in.next() % 80; i > 0 && !in.at_end(); --i) answer.records.push_back(record(in));
    const Question question = *at;
    open.erase(at);
    locator.on_answer(question, std::move(answer));
  }
  require(locator.is_done() && locator.candidates().size() <= Locator::kMaxCandidates);
  require(locator.candidates().empty() == !locator.error().empty());
  for (const auto& candidate : locator.candidates()) {
    require(!target.secure || is_secure(candidate.transport));
    require(!target.port || candidate.remote.port == *target.port);
    require(!candidate.remote.ip.is_unspecified());
  }
  return 0;
}
