#pragma once

#include <offhook/sip/subscription/subscriber.hpp>
#include <offhook/tests/sip/subscription/machines.hpp>

#include <map>

namespace offhook::sip::subscription::test {

/// A subscriber. The test plays the notifier.
struct Watcher : Owner {
  explicit Watcher(SubscriberOptions options = {.event = {"message-summary"}, .accept = "application/simple-message-summary"},
                   std::uint64_t seed = 1)
      : random(seed), machine({{7}, {}, head(), std::move(options)}, random) {
    machine.start(now, out);
    collect();
  }
  static RequestHead head() {
    RequestHead made;
    made.request_uri = made.next_hop = "sip:6001@pbx.example";
    made.from = made.to = "<sip:6001@pbx.example>";
    return made;
  }

  base::SeededRandom random;
  Subscriber machine;
  std::map<std::string, int> cseqs;  // CSeq numbers of NOTIFYs, by the subscriber's and the notifier's tag

  /// Responds to the SUBSCRIBE `to`.
  void respond(const Send& to, int status, std::string_view lines = "", std::string_view tag = "n1") {
    const auto message = parsed(response(to.head, status, to_string(to.head.method), lines, tag));
    machine.on_response(to.head, message, now, out);
    collect();
    CHECK(machine.is_consistent());
  }
  void fail(const Send& which, Failure failure) {
    machine.on_failure(which.head, failure, now, out);
    collect();
    CHECK(machine.is_consistent());
  }
  std::string notify_text(std::string_view state, std::string_view content, std::string_view tag, std::string_view event, int cseq) {
    return "NOTIFY sip:6001@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKn\r\nFrom: <sip:6001@pbx.example>;tag=" +
           std::string(tag) + "\r\nTo: <sip:6001@pbx.example>;tag=" + machine.local_tag() + "\r\nCall-ID: " + machine.call_id() +
           "\r\nCSeq: " + std::to_string(cseq) + " NOTIFY\r\nContact: <sip:" + std::string(tag) +
           "@192.0.2.99>\r\nRecord-Route: <sip:192.0.2.50;lr>\r\n" +
           (event.empty() ? "" : "Event: " + std::string(event) + "\r\n") +
           (state.empty() ? "" : "Subscription-State: " + std::string(state) + "\r\n") + "Content-Type: text/plain\r\nContent-Length: " +
           std::to_string(content.size()) + "\r\n\r\n" + std::string(content);
  }
  /// Sends a NOTIFY. Returns the status of the response.
  int notify(std::string_view state, std::string_view content = "", std::string_view tag = "n1",
             std::string_view event = "message-summary", int cseq = 0) {
    int& last = cseqs[machine.local_tag() + std::string(tag)];
    if (cseq == 0) cseq = ++last;
    const auto message = parsed(notify_text(state, content, tag, event, cseq));
    machine.on_notify({1}, message, now, out);
    collect();
    CHECK(machine.is_consistent());
    return answered();
  }
  void advance(base::Duration by) { Owner::advance(machine, by); }
  Send subscribe() {
    auto send = take(sent);
    REQUIRE(send);
    return *send;
  }
  Changed change() {
    auto changed = take(changes);
    REQUIRE(changed);
    return *changed;
  }
  /// Makes the subscription active for `expires` seconds.
  void become_active(int expires = 3600) {
    respond(subscribe(), 200, "Expires: " + std::to_string(expires) + "\r\n");
    REQUIRE(notify("active;expires=" + std::to_string(expires)) == 200);
    changes.clear();
    notified.clear();
  }
};

}  // namespace offhook::sip::subscription::test
