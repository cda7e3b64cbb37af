// A notifier on loopback for the examples. It reports two waiting voice messages, prints its port, and runs until a signal kills it.
#include <offhook/base/random.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <cstdio>

using namespace offhook;

int main() {
  base::SystemRandom random;
  sip::StackOptions options;
  options.packages = {{"message-summary", "application/simple-message-summary"}};
  sip::Stack stack(options, random);
  sip::EdgeOptions where;
  where.bind = *base::IpAddress::parse("127.0.0.1");
  const auto edge = sip::SipEdge::open(where, stack);
  if (!edge) return 1;
  (*edge)->on_event([&](const sip::Event& event) {
    const auto* asked = std::get_if<sip::SubscribeReceived>(&event);
    if (!asked) return;
    const sip::Body state{"application/simple-message-summary", "Messages-Waiting: yes\r\nVoice-Message: 2/0\r\n"};
    (void)stack.subscriptions().accept(asked->subscription, state, base::Clock::now());
  });
  std::printf("%u\n", (*edge)->port());
  std::fflush(stdout);
  (*edge)->run();
}
