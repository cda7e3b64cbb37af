#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/dialog/request_head.hpp>
#include <offhook/sip/dialog/route_set.hpp>
#include <offhook/sip/message/message.hpp>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {

struct DialogId {
  std::string call_id, local_tag, remote_tag;  ///< remote_tag is empty if the peer implements only RFC 2543
  friend auto operator<=>(const DialogId&, const DialogId&) = default;
};

/// Returns the tag of a From or To value; "" if there is none.
[[nodiscard]] std::string tag_in(std::string_view party);

/// One dialog from the view of one side: identifiers, sequence numbers, remote target and route set. Owns its text. Does not
/// depend on transactions and sessions. RFC 3261 section 12.
class Dialog {
 public:
  enum class State { Early, Confirmed };

  /// Makes a dialog from an INVITE that we answer. `local_tag` is the tag of our To. Errors: MissingHeader (Contact), and those
  /// of the parsers of its fields.
  [[nodiscard]] static base::Result<Dialog, ParseError> as_server(const Message& invite, std::string_view local_tag);
  /// Makes a dialog from a response with a To tag to an INVITE that we sent. If a 2xx has no Contact, the target is the
  /// Request-URI.
  [[nodiscard]] static base::Result<Dialog, ParseError> as_client(const RequestHead& invite, const Message& response);

  /// Makes a dialog from the NOTIFY that answers our SUBSCRIBE or REFER: RFC 6665 section 4.4.1. Errors: those of as_server().
  [[nodiscard]] static base::Result<Dialog, ParseError> as_subscriber(const RequestHead& subscribe, const Message& notify);

  [[nodiscard]] const DialogId& id() const { return id_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const std::string& remote_target() const { return remote_target_; }
  [[nodiscard]] const std::string& remote() const { return remote_; }  ///< the complete To value of our requests
  [[nodiscard]] const RouteSet& routes() const { return routes_; }
  [[nodiscard]] std::uint32_t local_cseq() const { return local_cseq_; }

  /// Returns the head of a new request and uses the next CSeq. Not for ACK and CANCEL.
  [[nodiscard]] RequestHead request(Method method);
  /// Returns the head of the ACK for a 2xx to our INVITE with that CSeq: RFC 3261 section 13.2.2.4.
  [[nodiscard]] RequestHead ack(std::uint32_t cseq) const;
  /// Uses the next CSeq for a request that is repeated with credentials: RFC 3261 section 22.2.
  [[nodiscard]] std::uint32_t take_cseq() { return ++local_cseq_; }

  /// Returns true if the Call-ID and tags of a received request identify this dialog.
  [[nodiscard]] bool matches(const Message& request) const;
  /// Returns false if the request is out of order and must be answered with 500: RFC 3261 section 12.2.2. Do not call it for ACK
  /// and CANCEL.
  [[nodiscard]] bool accept_sequence(const Message& request);
  /// Records the CSeq of a request that was refused without accept_sequence(): RFC 3261 section 12.2.2.
  void on_refused(const Message& refused) {
    if (!remote_cseq_ || refused.cseq().number > *remote_cseq_) remote_cseq_ = refused.cseq().number;
  }
  /// Refreshes the target from a re-INVITE, an UPDATE, or a 2xx response to our own: RFC 3261 sections 12.2.1.2 and 12.2.2. Does
  /// nothing if the message has no Contact.
  void refresh_target(const Message& message);
  /// A target refresh in two steps, for a request that may still be refused and must then have no effect: RFC 6141 section 4.6.
  /// target_in() returns the new target, or nullopt if there is no usable Contact; retarget() applies it.
  [[nodiscard]] static std::optional<std::string> target_in(const Message& message);
  void retarget(std::string target) {
    remote_target_ = std::move(target);
    located_ = true;
  }
  // Changes the name of one side: RFC 4916 sections 4.4.1 and 4.4.2. Tags stay the same.
  void rename_remote(const Message& request) { remote_ = std::string(request.find(HeaderName::From).value_or("")); }
  void rename_local(std::string_view party) { local_ = std::string(party) + ";tag=" + id_.local_tag; }
  /// Processes another provisional response of the same early dialog. Takes target and route set from it if no earlier response
  /// had a Contact, and no request was sent in the dialog yet.
  void complete(const Message& response);
  /// Confirms an early dialog. The client passes the 2xx as `ok`, from which the route set is read again: RFC 3261 section 13.2.2.4.
  void confirm();
  void confirm(const Message& ok);

 private:
  [[nodiscard]] RequestHead head(Method method, std::uint32_t cseq) const;

  DialogId id_;
  State state_ = State::Early;
  std::string local_;   // Our complete From value.
  std::string remote_;  // Our complete To value.
  std::string remote_target_;
  bool located_ = true;  // True if the peer has sent a Contact.
  RouteSet routes_;
  std::uint32_t local_cseq_ = 0;
  std::optional<std::uint32_t> remote_cseq_;
};

}  // namespace offhook::inline v0::sip
