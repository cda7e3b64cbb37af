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
  std::string call_id, local_tag, remote_tag;  ///< remote_tag is empty when the peer still speaks RFC 2543.
  friend auto operator<=>(const DialogId&, const DialogId&) = default;
};

/// The tag of a From or To, as it stands in the header field; "" for none.
[[nodiscard]] std::string tag_in(std::string_view party);

/// One dialog as one side sees it: names, sequence numbers, target and route set. Owns its text; knows no transaction and no
/// session. RFC 3261 section 12.
class Dialog {
 public:
  enum class State { Early, Confirmed };

  /// From the INVITE that we answer; `local_tag` is the tag of our To. Errors: MissingHeader (Contact), and those of its parts.
  [[nodiscard]] static base::Result<Dialog, ParseError> as_server(const Message& invite, std::string_view local_tag);
  /// From a response with a To tag to the INVITE that we sent. A 2xx without Contact keeps the Request-URI as its target.
  [[nodiscard]] static base::Result<Dialog, ParseError> as_client(const RequestHead& invite, const Message& response);

  /// From the NOTIFY that answers our SUBSCRIBE (or REFER): RFC 6665 section 4.4.1. Errors: as as_server().
  [[nodiscard]] static base::Result<Dialog, ParseError> as_subscriber(const RequestHead& subscribe, const Message& notify);

  [[nodiscard]] const DialogId& id() const { return id_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const std::string& remote_target() const { return remote_target_; }
  [[nodiscard]] const std::string& remote() const { return remote_; }  ///< The To of our requests, whole.
  [[nodiscard]] const RouteSet& routes() const { return routes_; }
  [[nodiscard]] std::uint32_t local_cseq() const { return local_cseq_; }

  /// The head of a new request; takes the next CSeq. Not for ACK and CANCEL.
  [[nodiscard]] RequestHead request(Method method);
  /// The head of the ACK for a 2xx to our INVITE of that CSeq: RFC 3261 section 13.2.2.4.
  [[nodiscard]] RequestHead ack(std::uint32_t cseq) const;
  /// Takes the next CSeq for a request that is sent again, with credentials: RFC 3261 section 22.2.
  [[nodiscard]] std::uint32_t take_cseq() { return ++local_cseq_; }

  /// True when the tags of a request that we received name this dialog.
  [[nodiscard]] bool matches(const Message& request) const;
  /// RFC 3261 section 12.2.2: false when the request is out of order (to be answered with 500). ACK and CANCEL are not asked
  /// about.
  [[nodiscard]] bool accept_sequence(const Message& request);
  /// One that was refused for what it is still has its number: RFC 3261 section 12.2.2.
  void see(const Message& refused) {
    if (!remote_cseq_ || refused.cseq().number > *remote_cseq_) remote_cseq_ = refused.cseq().number;
  }
  /// Target refresh, from a re-INVITE or UPDATE or a 2xx to ours: RFC 3261 sections 12.2.1.2 and 12.2.2. No Contact, no change.
  void refresh_target(const Message& message);
  /// In two steps, where a refusal must leave it as it was: RFC 6141 section 4.6. Nothing when there is no Contact to be used.
  [[nodiscard]] static std::optional<std::string> target_in(const Message& message);
  void retarget(std::string target) {
    remote_target_ = std::move(target);
    located_ = true;
  }
  // RFC 4916 sections 4.4.1 and 4.4.2: a side goes by another name from now on. Tags stay.
  void rename_remote(const Message& request) { remote_ = std::string(request.find(HeaderName::From).value_or("")); }
  void rename_local(std::string_view party) { local_ = std::string(party) + ";tag=" + id_.local_tag; }
  /// Another provisional response of the same early dialog: where the first named no Contact, and nothing was sent along it yet,
  /// target and route set are those of the first response that does.
  void complete(const Message& response);
  /// An early dialog becomes confirmed; as client the route set is then taken anew from the 2xx: RFC 3261 section 13.2.2.4.
  void confirm();
  void confirm(const Message& ok);

 private:
  [[nodiscard]] RequestHead head(Method method, std::uint32_t cseq) const;

  DialogId id_;
  State state_ = State::Early;
  std::string local_;   // Our From, whole.
  std::string remote_;  // Our To, whole.
  std::string remote_target_;
  bool located_ = true;  // The peer itself has said where it is.
  RouteSet routes_;
  std::uint32_t local_cseq_ = 0;
  std::optional<std::uint32_t> remote_cseq_;
};

}  // namespace offhook::inline v0::sip
