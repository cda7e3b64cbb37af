#include <offhook/bench/call_pair.hpp>
#include <offhook/bench/registered_stack.hpp>
#include <offhook/bench/scale.hpp>
#include <offhook/bench/subjects.hpp>

#include <memory>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPaced = 100;  // With fewer dialogs than this, a pause follows each offer.
constexpr base::Duration kBetweenCalls = 10ms;  // With this pause, 3,200 ended calls are within 64 * T1.

/// Returns a subject that creates its pair of stacks before the measurement and destroys it afterwards.
Subject subject(std::string name, std::size_t dialogs, std::size_t parts, void (*turn)(CallPair&)) {
  auto pair = std::make_shared<std::unique_ptr<CallPair>>();
  Subject made{std::move(name), {"offhook", repeat([pair, turn](std::size_t) { turn(**pair); })}, {}};
  made.parts = parts;
  made.prepare = [pair, dialogs] {
    *pair = std::make_unique<CallPair>();
    for (std::size_t i = 0; i < dialogs; ++i) {
      (*pair)->add_dialog();
      (*pair)->pass(1ms);
    }
    for (int i = 0; i < 4000; ++i) {  // These are as many ended calls as there are during the measurement.
      (*pair)->complete_call();
      (*pair)->pass(kBetweenCalls);
    }
    if (dialogs > 0 && dialogs < kPaced) (*pair)->pass(40s);  // With few dialogs, a turn takes long, and the ended calls would expire.
  };
  made.finish = [pair] { pair->reset(); };
  return made;
}

void one_call(CallPair& pair) {
  pair.complete_call();
  pair.pass(kBetweenCalls);
}

void one_call_and_offer(CallPair& pair) {
  one_call(pair);
  pair.offer_anew();
  // The stack limits the number of transactions per second within one dialog: ServerRequests::kMaxOfOneCall.
  if (pair.dialogs() < kPaced) pair.pass(500ms);
}

Subject beside_registrations(const std::string& name, std::size_t registrations, bool quiet, void (*turn)(RegisteredStack&)) {
  auto stack = std::make_shared<std::unique_ptr<RegisteredStack>>();
  Subject made{name + ".registrations_" + std::to_string(registrations),
               {"offhook", repeat([stack, turn](std::size_t) { turn(**stack); })},
               {}};
  made.counted_turns = 1000;  // Pings come in bursts, with about ten of them per refresh.
  made.prepare = [stack, registrations, quiet] {
    *stack = std::make_unique<RegisteredStack>(registrations, quiet);
    (*stack)->pass(100s);
  };
  made.finish = [stack] { stack->reset(); };
  return made;
}

}  // namespace

std::vector<Subject> stack_subjects() {
  std::vector<Subject> subjects;
  subjects.push_back(subject("sip.call.core", 0, 1, one_call));
  subjects.back().rate = "sip.call.core.per_second";
  for (const std::size_t count : kScale) {
    constexpr std::size_t kMessages = CallPair::kMessagesOfCall + CallPair::kMessagesOfOffer;
    subjects.push_back(subject("sip.message.dialogs_" + std::to_string(count), count, kMessages, one_call_and_offer));
  }
  for (const std::size_t count : kScale) {
    subjects.push_back(beside_registrations("sip.refresh", count, false, [](RegisteredStack& stack) { stack.refresh(); }));
    subjects.push_back(beside_registrations("sip.stranger", count, true, [](RegisteredStack& stack) {
      stack.refuse_stranger();
      stack.pass(10ms);
    }));
  }
  return subjects;
}

}  // namespace offhook::bench
