#pragma once

#include <offhook/agent/phone/line_watchers.hpp>
#include <offhook/tests/sip/stack/registered.hpp>

#include <vector>

/// A line on virtual time. The test acts as watcher, caller and registrar.
namespace offhook::test {

using namespace offhook::sim;
using phone::View;
using DialogInfo = sip::packages::DialogInfo;
using State = DialogInfo::State;

inline phone::WatchOptions lamps() {
  phone::WatchOptions options;
  options.allowed = {{"sip:lamp@pbx.example"}, {"sip:desk@PBX.example:5060", View::Calls}};
  return options;
}

struct WatchedLine : Registered {
  explicit WatchedLine(const phone::WatchOptions& watched = lamps())
      : Registered(offering(watched)),
        lines(stack, watched,
              {[this](sip::SubscribeReceived& event) { asked.push_back(event); },
               [this](const sip::SubscriptionChanged& event) { left.push_back(event); }}) {
    register_now();
    lines.add_line(account, options.address_of_record, "Six");
  }
  static sip::StackOptions offering(const phone::WatchOptions& watched) {
    sip::StackOptions made;
    made.packages = {phone::LineWatchers::package(watched)};
    return made;
  }
  phone::LineWatchers lines;
  std::vector<sip::SubscribeReceived> asked;
  std::vector<sip::SubscriptionChanged> left;
  std::optional<sip::SessionId> rang;

  /// Passes the stack's events to the line.
  void pump() {
    for (drain(); !events.empty(); drain()) {
      sip::Event event = std::move(events.front());
      events.pop_front();
      lines.on_event(event, now);
      if (auto* wish = std::get_if<sip::SubscribeReceived>(&event)) lines.on_subscribe(*wish, now);
      if (const auto* call = std::get_if<sip::IncomingCall>(&event)) {
        rang = call->session;
        lines.rang_in(*call, now);
      }
    }
  }
  std::string last_wish, last_ok;
  /// Sends a SUBSCRIBE. The registrar asserts `who` as the identity of the watcher, unless `who` is empty. Returns the status of the response, or 0
  /// if no response has come.
  int watch(const std::string& who, Fields extra = {}, const std::string& expires = "600", const std::string& event = "dialog") {
    extra.insert(extra.begin(), {{"Event", event}, {"Expires", expires}});
    if (!who.empty()) extra.emplace_back("P-Asserted-Identity", "<" + who + ">");
    return ask_for(outside("SUBSCRIBE", extra));
  }
  int ask_for(const std::string& wish) {
    last_wish = wish;
    sent.clear();
    receive(wish);
    pump();
    return answered();
  }
  int answered() {
    last_ok = take("SIP/2.0 ");
    return last_ok.empty() ? 0 : std::stoi(last_ok.substr(8, 3));
  }
  /// Sends a refresh of the last subscription. Returns the status as watch() does.
  int watch_on(int cseq, const std::string& expires) {
    return ask_for(message("SUBSCRIBE sip:6001@192.0.2.1 SIP/2.0", {{"Via", via()},
                                                                    {"Max-Forwards", "70"},
                                                                    {"From", header(last_wish, "From")},
                                                                    {"To", header(last_ok, "To")},
                                                                    {"Call-ID", header(last_wish, "Call-ID")},
                                                                    {"CSeq", std::to_string(cseq) + " SUBSCRIBE"},
                                                                    {"Contact", header(last_wish, "Contact")},
                                                                    {"Event", "dialog"},
                                                                    {"Expires", expires}}));
  }
  std::string notify_state;
  /// Returns the next notification to the watcher. Waits up to a second, because notifications come at most once a second. Returns nullopt if
  /// no notification comes, or if it has no dialog information.
  std::optional<DialogInfo> told() {
    pump();
    for (int i = 0; i < 10 && count("NOTIFY ") == 0; ++i) {
      advance(100ms);
      pump();
    }
    const std::string notify = take("NOTIFY ");
    if (notify.empty()) return std::nullopt;
    notify_state = header(notify, "Subscription-State");
    receive(response(notify, 200, ""));
    auto info = sip::packages::parse_dialog_info(body(notify));
    if (!info) return std::nullopt;
    REQUIRE(info->whole);
    REQUIRE(info->entity == "sip:6001@pbx.example");
    return std::move(*info);
  }
  /// Returns the only dialog in the next notification.
  DialogInfo::Dialog row() {
    const auto info = told();
    REQUIRE(info);
    REQUIRE(info->dialogs.size() == 1);
    return info->dialogs[0];
  }
  int calls = 0;
  std::string last_invite;
  void ring_in(Fields extra = {}, const std::string& contact = "<sip:al@192.0.2.77>") {
    last_invite = message("INVITE sip:6001@192.0.2.1 SIP/2.0", [&] {
      Fields fields{{"Via", via()},
                    {"Max-Forwards", "70"},
                    {"From", "\"Al\" <sip:al@pbx.example>;tag=caller"},
                    {"To", "<sip:6001@192.0.2.1>"},
                    {"Call-ID", "in-" + std::to_string(++calls)},
                    {"CSeq", "1 INVITE"},
                    {"Contact", contact}};
      fields.insert(fields.end(), extra.begin(), extra.end());
      return fields;
    }(), "offer");
    receive(last_invite);
    pump();
  }
  /// Returns a request within the last incoming call. `ok` is the response to the INVITE of that call.
  std::string in_call(const std::string& method, int cseq, const std::string& ok) {
    return message(method + " sip:6001@192.0.2.1 SIP/2.0", {{"Via", via()},
                                                            {"Max-Forwards", "70"},
                                                            {"From", header(last_invite, "From")},
                                                            {"To", header(ok, "To")},
                                                            {"Call-ID", header(last_invite, "Call-ID")},
                                                            {"CSeq", std::to_string(cseq) + " " + method}});
  }
  sip::SessionId dial(bool withheld = false) {
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:bob@example.org";
    call.offer = {"application/sdp", "offer"};
    call.privacy.id = withheld;
    const auto made = stack.calls().call(call, now);
    REQUIRE(made);
    lines.dialled(*made, account, call.target, withheld, now);
    return *made;
  }
};

}  // namespace offhook::test
