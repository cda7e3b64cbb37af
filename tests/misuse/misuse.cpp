// Misuses that the public interface prevents. Without the macro MISUSE this file compiles. With it, each line with a comment "REASON: WHY" must give
// an error whose text contains REASON.
#include <offhook/agent/phone/endpoint.hpp>

using namespace offhook;

void use(phone::Endpoint& endpoint, phone::Call& call, phone::Account account, const std::shared_ptr<media::AudioPort>& port) {
#ifdef MISUSE
  endpoint.dial({account, "sip:bob@192.0.2.1", {}}, port);                   // nodiscard: the call may have been refused
  call.hang_up();                                                            // nodiscard: the other side may already have hung up
  call.hold();                                                               // nodiscard: the state of the call may not allow a hold
  account.unregister();                                                      // nodiscard: the registration may remain
  (void)call.answer();                                                       // no matching function|too few arguments: an answer needs prepared media
  (void)call.answer(phone::Prepared(call.id()));                             // private: only the telephone makes prepared media
  (void)endpoint.dial({call.id(), "sip:bob@192.0.2.1", {}}, port);           // cannot convert|could not convert|no viable|no matching: a call is not an account
  (void)(call.id() == account.id());                                         // no match|invalid operands: ids of different kinds cannot be compared
  const std::uint64_t number = call.id();                                    // cannot convert|could not convert|conversion from|no viable: an id is not a number
  phone::Endpoint copy(endpoint);                                            // deleted: an endpoint cannot be copied, because it owns its sockets
  phone::Endpoint closed{nullptr};                                           // private|protected: only open() makes an endpoint
  call = call;                                                               // deleted: a call cannot be copied, only the pointer to it
  const phone::CallPrepared prepared{nullptr, base::fail(base::Error{})};
  (void)call.answer(prepared.media);                                         // no matching|cannot convert|could not convert|no viable: the preparation may have failed, so its result is no prepared media
  (void)endpoint.impl_;                                                      // private|inaccessible: an endpoint has no accessible members
  endpoint.add_account({});                                                  // nodiscard: without the returned handle, the account cannot be unregistered
  sip::Stack* stack = nullptr;
  sip::Stack twin(*stack);                                                   // deleted: a stack cannot be copied, so that no call is in two stacks
#endif
  (void)endpoint, (void)call, (void)account, (void)port;
}
