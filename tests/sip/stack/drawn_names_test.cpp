// Tests of the random branches, tags and Call-IDs.
#include <offhook/tests/sim/scripted.hpp>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// Draws from the system's random source and counts the octets.
struct Counting final : base::Random {
  base::SystemRandom system;
  std::size_t octets = 0;
  void fill(std::span<std::uint8_t> out) override {
    octets += out.size();
    system.fill(out);
  }
};

}  // namespace

TEST_CASE("A call's branch, tag and Call-ID are distinct tokens of 128 random bits each [RFC 3261 section 19.3]") {
  Counting random;
  sip::Stack stack({}, random);
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@pbx.example";
  options.registrar = "sip:192.0.2.50";
  options.registers = false;
  const auto account = stack.accounts().add(options, base::TimePoint(1000s));
  std::set<std::string> ids;
  constexpr std::size_t kCalls = 500;
  const std::size_t before = random.octets;
  for (std::size_t i = 0; i < kCalls; ++i) {
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    REQUIRE(stack.calls().call(call, base::TimePoint(1000s)));
    const auto query = stack.poll_query();
    REQUIRE(query);
    const sip::Route way{sip::Transport::Udp, address("192.0.2.1", 5060), address("192.0.2.50", 5060), {1}};
    stack.on_answer(query->id, {{way}, ""}, base::TimePoint(1000s));
    const auto invite = stack.poll_transmit();
    REQUIRE(invite);
    const std::string via = header(invite->bytes, "Via");
    const auto branch = via.find("branch=z9hG4bK") + 14;
    for (const std::string& id : {via.substr(branch, via.find(';', branch) - branch), tag_of(header(invite->bytes, "From")),
                                  header(invite->bytes, "Call-ID")}) {
      CHECK(id.size() >= 26);
      CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
      ids.insert(id);
    }
  }
  CHECK(ids.size() == 3 * kCalls);
  CHECK(random.octets - before >= 3 * kCalls * 16);
}

TEST_CASE("No two of a million random tokens are equal") {
  base::SystemRandom random;
  std::vector<std::string> tokens;
  tokens.reserve(1000000);
  for (int i = 0; i < 1000000; ++i) tokens.push_back(random.token());
  std::sort(tokens.begin(), tokens.end());
  CHECK(std::adjacent_find(tokens.begin(), tokens.end()) == tokens.end());
}
