#pragma once

#include <offhook/sip/dialog/dialog.hpp>
#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/session/referral.hpp>
#include <offhook/sip/session/transfer.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::sip::session {

/// The transfers of an established call (RFC 3515): our REFER and the NOTIFYs that follow it, and the peer's REFER. A command that
/// the state does not allow returns false and changes nothing.
class CallTransfers {
 public:
  /// `dialog` must outlive this object. `supported` is the value of Supported in each request and in the 202.
  CallTransfers(SessionId id, Dialog& dialog, std::string supported) : id_(id), dialog_(dialog), supported_(std::move(supported)) {}

  /// Sends our REFER. `fields` are Refer-To and related fields.
  [[nodiscard]] bool refer(HeaderList headers, HeaderList fields, base::TimePoint now, Actions& out);
  void on_notify(TransactionId id, const Message& request, Actions& out);
  void on_response(const Message& response, Actions& out) { emit(transfer_.on_response(response), out); }
  void on_failure(int status, Actions& out) { emit(transfer_.on_failure(status), out); }

  // For the peer's REFER. report() also works after the peer has hung up. `headers` are for the response.
  void on_refer(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  [[nodiscard]] bool accept(HeaderList headers, base::TimePoint now, Actions& out);
  [[nodiscard]] bool decline(int status, HeaderList headers, Actions& out);
  [[nodiscard]] bool report(int status, base::TimePoint now, Actions& out);
  void on_subscribe(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  /// Call this when the peer refused our NOTIFY, or did not respond to it: ends the subscription.
  void on_notify_refused() { referral_.on_refused(); }
  [[nodiscard]] const Referral& referral() const { return referral_; }

  /// Refuses the peer's REFER that still waits for a decision. Call it when the call ends.
  void refuse_pending(Actions& out);
  /// Call this when we hang up: refuses a REFER that still waits, and ends the reports on a referred call with a last NOTIFY.
  void give_up(Actions& out);
  /// Stops waiting for the outcome of our REFER.
  void stop() { transfer_.stop(); }

  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] bool is_consistent() const { return referral_.is_consistent(); }

 private:
  void notify(const std::optional<Referral::Notice>& notice, Actions& out);
  void emit(std::optional<int> status, Actions& out);
  [[nodiscard]] HeaderList supported() const { return {{"Supported", supported_}}; }

  SessionId id_;
  Dialog& dialog_;
  std::string supported_;
  Transfer transfer_;
  Referral referral_;
};

}  // namespace offhook::inline v0::sip::session
