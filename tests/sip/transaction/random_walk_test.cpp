#include <offhook/base/random.hpp>
#include <offhook/sip/transaction/invite_client.hpp>
#include <offhook/sip/transaction/invite_server.hpp>
#include <offhook/sip/transaction/non_invite_client.hpp>
#include <offhook/sip/transaction/non_invite_server.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <utility>

namespace offhook::sip::transaction {
namespace {

using namespace std::chrono_literals;

constexpr std::array kStatuses{100, 180, 199, 200, 299, 300, 401, 486, 503, 699};

int any_status(base::Random& random) {
  return kStatuses[random.below(kStatuses.size())];
}

void poke(InviteClient& m, std::uint64_t choice, int status, base::TimePoint now, Actions& out) {
  if (choice == 0) m.on_transport_error(now, out);
  if (choice == 1) m.on_cancelled(now);
  if (choice >= 2) m.on_response(status, now, out);
}
void poke(NonInviteClient& m, std::uint64_t choice, int status, base::TimePoint now, Actions& out) {
  if (choice == 0) m.on_transport_error(now, out);
  if (choice >= 1) m.on_response(status, now, out);
}
void poke(InviteServer& m, std::uint64_t choice, int status, base::TimePoint now, Actions& out) {
  if (choice == 0) m.on_transport_error(now, out);
  if (choice == 1) m.on_ack(now, out);
  if (choice == 2) m.on_request(now, out);
  if (choice >= 3) m.on_response(status, now, out);
}
void poke(NonInviteServer& m, std::uint64_t choice, int status, base::TimePoint now, Actions& out) {
  if (choice == 0) m.on_transport_error(now, out);
  if (choice == 1) m.on_request(now, out);
  if (choice >= 2) m.on_response(status, now, out);
}

// Feeds random events in random order, even after the end. Checks that the timers fit the state, and that the machine emits
// Ended once, as its last action.
template <class Machine>
void walk(Machine machine, Actions out, base::TimePoint now, base::Random& random) {
  int ended = 0;
  for (int step = 0; step < 40; ++step) {
    const bool was_over = machine.state() == Machine::State::Terminated;
    const auto choice = random.below(8);
    if (choice < 4) {
      poke(machine, choice, any_status(random), now, out);
    } else {
      now += std::chrono::milliseconds(random.below(9000));
      machine.on_time(now, out);
    }
    REQUIRE(machine.is_consistent());
    REQUIRE((!was_over || out.empty()));
    for (const Action& action : out) {
      REQUIRE(ended == 0);
      ended += std::holds_alternative<Ended>(action) ? 1 : 0;
    }
    REQUIRE((ended == 1) == (machine.state() == Machine::State::Terminated));
    REQUIRE((!machine.next_deadline() || ended == 0));
    out.clear();
  }
}

TEST_CASE("each transaction machine is consistent after any order of events, and Ended is its last action") {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    base::SeededRandom random(seed);
    const Transport transport = random.below(2) == 0 ? Transport::Udp : Transport::Tcp;
    const base::TimePoint start(1h);
    Actions out;
    InviteClient invite_client(Timers{}, transport, start, out);
    walk(invite_client, std::exchange(out, {}), start, random);
    NonInviteClient non_invite_client(Timers{}, transport, start, out);
    walk(non_invite_client, std::exchange(out, {}), start, random);
    walk(InviteServer(Timers{}, transport), {}, start, random);
    walk(NonInviteServer(Timers{}, transport), {}, start, random);
  }
}

}  // namespace
}  // namespace offhook::sip::transaction
