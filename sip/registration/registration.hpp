#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/flow.hpp>
#include <offhook/sip/registration/actions.hpp>
#include <offhook/sip/registration/contact_address.hpp>
#include <offhook/sip/registration/flow_health.hpp>
#include <offhook/sip/registration/options.hpp>
#include <offhook/sip/registration/own_binding.hpp>
#include <offhook/sip/registration/register_request.hpp>
#include <offhook/sip/registration/waits.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::registration {

/// One account's registration at one registrar: RFC 3261 section 10.2. Refreshes it until stop(). Pure: no I/O, no clock.
class Registration {
 public:
  enum class State : std::uint8_t {
    Unregistered,   // before start() and after stop()
    Registering,    // a REGISTER waits for its response
    Registered,     // accepted; refreshes when due
    Waiting,        // failed; retries when due
    Unregistering,  // stop() was called
  };
  enum class Failure : std::uint8_t { Timeout, Transport, Unresolvable };

  /// Longest time from stop() to Unregistered.
  static constexpr base::Duration kStopLimit = std::chrono::seconds(32);

  /// `digest` and `random` must outlive this object. No other object may use the digest client.
  Registration(Options options, DigestClient& digest, base::Random& random);
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  void start(base::TimePoint now, Actions& out);
  void stop(base::TimePoint now, Actions& out);
  /// Returns the Contact value of the REGISTER that was just requested: our URI with its expires, plus an older URI of ours with
  /// expires=0 if that is still registered. The REGISTER leaves from `local`. Port 0 means that it leaves from a connection's
  /// local end, which is not known yet. `nowhere` is a host to write instead of the address, for a WebSocket that we opened.
  [[nodiscard]] std::string on_route(Transport transport, const base::SocketAddress& local,
                                     std::string_view nowhere = {});
  /// `own_end` is the local end of the connection over which the next response comes. If we do not listen on a port, the Contact names
  /// this end. A proxy that looks for a connection to that address then finds the connection that we opened.
  void on_connected(const base::SocketAddress& own_end) { contact_.on_connected(own_end); }
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  /// Call this when the connection over which we are reachable was lost, or the network changed.
  void on_flow_lost(base::TimePoint now, Actions& out);
  /// Call this when the flow has worked in both directions (a pong came), or when we do not test it. Before this call, the loss of a
  /// flow with outbound counts as a failure (RFC 5626 section 4.5).
  void on_flow_proven();
  /// `hold`: another flow of the same instance is registered. The wait after a failure is then longer.
  void set_others_hold(bool hold) { waits_.set_others_hold(hold); }
  /// Refreshes at once: the network has changed, or a push notification arrived (RFC 8599 section 4.1.3).
  void refresh(Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  /// Returns the URI in our Contact, without <>; "" before the first on_route(). Dialogs of this account use it too.
  [[nodiscard]] const std::string& contact() const { return contact_.uri(); }
  /// Returns the GRUU, which the registrar assigned so that we are reachable from anywhere while registered:
  /// RFC 5627 section 4.2. Returns "" if there is none.
  [[nodiscard]] const std::string& gruu() const { return binding_.gruu(); }
  /// Returns the temporary GRUU, which hides our name in anonymous calls: RFC 5627 section 4.4. Each 2xx brings a new one.
  /// Returns "" if there is none.
  [[nodiscard]] const std::string& temp_gruu() const { return binding_.temp_gruu(); }
  /// Returns true if the registrar sends requests over the flow that we opened: RFC 5626 section 4.2.1.
  [[nodiscard]] bool has_outbound() const { return flow_.has_outbound(); }
  /// Returns the address in contact(), learnt or local.
  [[nodiscard]] const std::optional<base::SocketAddress>& contact_address() const { return contact_.address(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  /// The purpose of the last REGISTER.
  enum class Purpose : std::uint8_t {
    Bind,
    RemoveStale,  // removes an earlier binding of ours
    Unbind,       // ends the registration
  };

  void send_first(Actions& out);
  void send(SendRegister request, Actions& out);
  void on_accepted(const Message& response, base::TimePoint now, Actions& out);
  void on_refused(const Message& response, base::TimePoint now, Actions& out);
  void on_stale_removed(const Message& response, Actions& out);
  void on_redirected(const Message& response, base::TimePoint now, Actions& out);
  void on_challenged(const Message& response, base::TimePoint now, Actions& out);
  void on_interval_too_brief(const Message& response, base::TimePoint now, Actions& out);
  void refuse(Why why, const Message& response, base::TimePoint now, Actions& out, base::Duration at_least = {});
  void fail(Failed failed, base::TimePoint now, Actions& out);
  void unbind(Actions& out);
  void end(Actions& out);

  Options options_;
  State state_ = State::Unregistered;
  RegisterRequest request_;
  bool in_flight_ = false;        // A REGISTER waits for its final response: RFC 3261 section 10.2 allows one at a time.
  Purpose purpose_ = Purpose::Bind;
  bool relearnt_ = false;         // The pending REGISTER was sent because of a learnt address; do not send another at once.
  ContactAddress contact_;
  OwnBinding binding_;
  FlowHealth flow_;
  Waits waits_;
  std::optional<base::TimePoint> act_at_;   // Time of the refresh or retry.
  std::optional<base::TimePoint> stop_at_;  // Time limit of stop().
};

}  // namespace offhook::inline v0::sip::registration
