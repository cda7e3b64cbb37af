#pragma once

#include <offhook/agent/call/leg.hpp>
#include <offhook/agent/phone/account.hpp>
#include <offhook/agent/phone/call.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// A call of an endpoint as a leg.
class SipLeg final : public call::Leg {
 public:
  /// `account` received the call. It is empty for an outgoing call, and when the INVITE names no account.
  SipLeg(CallPtr call, Account account) : call_(std::move(call)), account_(std::move(account)) {}
  [[nodiscard]] const Account& account() const { return account_; }
  void set_prepared(Prepared prepared) { prepared_ = std::move(prepared); }

  bool outgoing() const override { return call_->outgoing(); }
  call::LegName name() const override { return {call_->leg_name().call_id, call_->leg_name().local_tag}; }
  std::optional<media::AudioCodec> codec() const override { return call_->codec(); }
  std::string encryption() const override {
    const std::string suite = call_->srtp_suite();
    if (call_->uses_dtls()) return suite.empty() ? "SRTP, keys by DTLS" : "SRTP " + suite + ", keys by DTLS";
    return suite.empty() ? "" : "SRTP " + suite + ", keys in SDP";
  }
  std::string path() const override { return call_->ice_route().empty() ? "" : "ICE, " + call_->ice_route(); }
  std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs) const override { return call_->codec_among(codecs); }
  std::optional<media::LegId> media_leg() const override { return call_->media_leg(); }
  bool can_transfer_to() const override { return call_->state() == Call::State::Connected && call_->peer_replaces(); }

 private:
  base::Result<void, base::Error> do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) override {
    return call_->prepare(std::move(port), codecs);
  }
  base::Result<void, base::Error> do_ring() override { return call_->ring(); }
  base::Result<void, base::Error> do_answer() override;
  base::Result<void, base::Error> do_hang_up() override { return call_->hang_up(); }
  base::Result<void, base::Error> do_hold(bool on) override { return on ? call_->hold() : call_->resume(); }
  base::Result<void, base::Error> do_transfer(const std::string& target) override { return call_->transfer(target); }
  base::Result<void, base::Error> do_transfer_to(const Leg& other) override;
  base::Result<void, base::Error> do_decline_transfer() override { return call_->decline_transfer(); }
  base::Result<void, base::Error> do_send_text(std::string text, std::string type) override { return call_->send_text(std::move(text), std::move(type)); }

  CallPtr call_;
  Account account_;
  std::optional<Prepared> prepared_{};  // set from CallPrepared until answer()
};

}  // namespace offhook::inline v0::phone
