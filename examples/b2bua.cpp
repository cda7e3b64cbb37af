// A back-to-back user agent. For each call to sip:b2bua@ADDRESS it calls TARGET, and relays the audio without decoding. It passes on
// ringing, early media, refusals, hold, names and hang-up from each leg to the other leg.     b2bua TARGET [ADDRESS [PORT]]
#include <offhook/agent/phone/endpoint.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

using namespace offhook;

// One of the two legs of a call.
struct Leg {
  phone::CallPtr call;
  Leg* other = nullptr;                     // The other leg. Null after that leg has ended.
  std::optional<phone::Prepared> answer{};  // Set on the caller's leg until the called side answers.
  sip::IncomingCall offered{};              // Set on the caller's leg.
  bool holds = false, on_hold = false;      // holds: the peer of this leg holds this side. on_hold: this side holds the peer.
};

class B2bua {
 public:
  B2bua(std::string target, media::Engine& engine) : target_(std::move(target)), engine_(engine) {}

  void begin(phone::Endpoint& endpoint) {
    sip::AccountOptions who;
    who.address_of_record = "sip:b2bua@b2bua.invalid";
    who.registers = false;  // Anyone may call this user. With trunk_addresses, only those addresses may call, and they may call any user.
    endpoint_ = &endpoint;
    if (const auto account = endpoint.add_account(who)) account_ = *account;
  }
  void end() {
    endpoint_->set_accepting(false);
    for (const auto& [id, leg] : legs_) (void)leg.call->hang_up();
  }

  void on(const phone::CallOffered& offered) {
    // Packets are not transcoded, so the called leg gets the caller's codec. If the caller's INVITE has no offer, this code chooses the codec.
    const auto codecs = offered.details.offer.empty() ? std::vector{media::AudioCodec::Pcmu} : std::vector<media::AudioCodec>{};
    if (offered.call->prepare(std::make_shared<media::AudioPort>(), codecs)) legs_[offered.call->id()] = {.call = offered.call, .offered = offered.details};
  }
  void on(const phone::CallPrepared& prepared) {
    if (!prepared.media) return;  // The telephone has refused the call.
    Leg& caller = legs_[prepared.call->id()];
    phone::DialOptions options{account_, target_, of_users(caller.offered.headers), false};
    options.codecs = {prepared.call->codec().value_or(media::AudioCodec::Pcmu)};
    options.privacy = caller.offered.privacy;
    const auto dialled = endpoint_->dial(options, std::make_shared<media::AudioPort>());
    if (!dialled) return (void)prepared.call->reject(503);
    Leg& called = legs_[(*dialled)->id()];
    called = {*dialled, &caller};
    caller.other = &called;
    caller.answer = *prepared.media;
  }
  void on(const phone::CallRinging& ringing) {
    Leg* leg = find(ringing.call);
    if (leg == nullptr || !leg->other->answer) return;
    const auto headers = of_users(ringing.details.headers);
    if (ringing.early_media && leg->other->call->progress(*leg->other->answer, headers, ringing.status)) return relay(*leg);
    (void)leg->other->call->ring(headers, ringing.status);
  }
  void on(const phone::CallConnected& connected) {
    Leg* leg = find(connected.call);
    if (leg == nullptr) return;
    if (leg->other->answer) (void)leg->other->call->answer(*std::exchange(leg->other->answer, std::nullopt), {of_users(connected.headers), {}});
    relay(*leg);
  }
  void on(const phone::CallMediaChanged& changed) {
    Leg* leg = find(changed.call);
    if (leg == nullptr) return;
    leg->holds = !changed.sends;
    pass_on_hold(*leg->other);
  }
  void on(const phone::CallPeerChanged& changed) {  // The other peer gets the new name if it supports this (RFC 4916).
    if (Leg* leg = find(changed.call)) (void)leg->other->call->identify(changed.details.from);
  }
  void on(const phone::CallInfo& info) {
    if (Leg* leg = find(info.call)) (void)leg->other->call->send_info(info.details.package, info.details.body);
  }
  void on(const phone::CallTransferRequested& requested) { (void)requested.call->decline_transfer(); }
  void on(const phone::CallFinished& finished) {
    const auto& end = finished.details;
    if (Leg* leg = find(finished.call)) {
      std::printf("%s ended: %d %s\n", leg->call->outgoing() ? "the called leg" : "the caller's leg", end.status, end.reason.c_str());
      pass_on_end(*leg->other, end);
      leg->other->other = nullptr;
    }
    legs_.erase(finished.call->id());
  }

 private:
  void pass_on_hold(Leg& to) {
    const bool hold = to.other->holds;
    if (to.on_hold == hold) return;
    if (hold ? to.call->hold() : to.call->resume()) return (void)(to.on_hold = hold);
    // An offer is pending on that leg, or its call is not connected yet.
    endpoint_->post_after(std::chrono::milliseconds(100), [this, call = to.call] { if (Leg* leg = find(call)) pass_on_hold(*leg); });
  }
  static void pass_on_end(Leg& other, const sip::CallEnded& end) {
    sip::Extras why{of_users(end.headers), end.reasons.empty() ? std::nullopt : std::optional(end.reasons.front())};
    if (!other.answer) return (void)other.call->hang_up(std::move(why));
    if (end.status / 100 == 3 && other.call->redirect(end.contacts, end.status, why.headers)) return;
    // This side did not answer the challenge, and the caller cannot answer it.
    const int status = end.status == 401 || end.status == 407 ? 403 : end.status < 400 ? 480 : end.status;
    (void)other.call->reject(status, std::move(why.headers));
  }
  void relay(const Leg& leg) {
    const auto one = leg.call->media_leg(), two = leg.other->call->media_leg();
    if (one && two && engine_.relay(*one, *two)) std::printf("audio passes through\n");
  }
  // Returns the header fields that concern the users, without those that concern a single leg.
  static sip::HeaderList of_users(const sip::HeaderFields& headers) {
    sip::HeaderList chosen;
    for (const auto& [name, value] : headers)
      if (name.starts_with("X-") || name == "Subject" || name == "Retry-After" || name == "Warning") chosen.emplace_back(name, value);
    return chosen;
  }
  Leg* find(const phone::CallPtr& call) {
    const auto at = legs_.find(call->id());
    return at == legs_.end() || at->second.other == nullptr ? nullptr : &at->second;
  }

  std::string target_;
  media::Engine& engine_;
  phone::Endpoint* endpoint_ = nullptr;
  phone::Account account_;
  std::map<sip::SessionId, Leg> legs_;
};

int main(int argc, char** argv) {
  phone::EndpointOptions options;
  const auto address = base::IpAddress::parse(argc > 2 ? argv[2] : "0.0.0.0");
  if (argc < 2 || !address) return std::fprintf(stderr, "usage: b2bua TARGET [ADDRESS [PORT]]\n"), 2;
  options.sip.bind = *address;
  options.sip.port = static_cast<std::uint16_t>(argc > 3 ? std::atoi(argv[3]) : 0);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&stop, signal);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);  // This blocks the signals in all threads that start later, too.
  media::EngineOptions audio;
  audio.workers = 1;  // Only legs of the same worker can be relayed.
  media::Engine engine(audio);
  B2bua b2bua(argv[1], engine);
  const auto on_each = [&](const auto& event) { if constexpr (requires { b2bua.on(event); }) b2bua.on(event); };
  auto endpoint = phone::Endpoint::open(options, engine, [&](const phone::PhoneEvent& event) { std::visit(on_each, event); });
  if (!endpoint) return std::fprintf(stderr, "%s\n", endpoint.error().detail.c_str()), 1;
  (*endpoint)->post([&] { b2bua.begin(**endpoint); });
  std::printf("listening on port %u\n", (*endpoint)->sip_port());
  int signal = 0;
  sigwait(&stop, &signal);
  (*endpoint)->post([&] { b2bua.end(); });
  std::this_thread::sleep_for(std::chrono::seconds(1));  // In this time the BYEs are sent.
}
