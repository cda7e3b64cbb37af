// Misuses that the public interface prevents. Without MISUSE this file compiles. With each number it must not compile, for the reason in the comment.
#include <offhook/agent/phone/endpoint.hpp>

using namespace offhook;

void use(phone::Endpoint& endpoint, phone::Call& call, phone::Account account, const std::shared_ptr<media::AudioPort>& port) {
#if MISUSE == 1  // nodiscard: the call may have been refused
  endpoint.dial({account, "sip:bob@192.0.2.1", {}}, port);
#elif MISUSE == 2  // nodiscard: the other side may already have hung up
  call.hang_up();
#elif MISUSE == 3  // nodiscard: the state of the call may not allow a hold
  call.hold();
#elif MISUSE == 4  // nodiscard: the registration may remain
  account.unregister();
#elif MISUSE == 5  // no matching function|too few arguments: an answer needs prepared media
  (void)call.answer();
#elif MISUSE == 6  // private: only the telephone makes prepared media
  (void)call.answer(phone::Prepared(call.id()));
#elif MISUSE == 7  // cannot convert|could not convert|no viable|no matching: a call is not an account
  (void)endpoint.dial({call.id(), "sip:bob@192.0.2.1", {}}, port);
#elif MISUSE == 8  // no match|invalid operands: ids of different kinds cannot be compared
  (void)(call.id() == account.id());
#elif MISUSE == 9  // cannot convert|could not convert|conversion from|no viable: an id is not a number
  const std::uint64_t number = call.id();
  (void)number;
#elif MISUSE == 10  // deleted: an endpoint cannot be copied, because it owns its sockets
  phone::Endpoint copy(endpoint);
#elif MISUSE == 11  // private|protected: only open() makes an endpoint
  phone::Endpoint closed{nullptr};
#elif MISUSE == 12  // deleted: a call cannot be copied, only the pointer to it
  phone::Call& other = call;
  call = other;
#elif MISUSE == 13  // no matching|cannot convert|could not convert|no viable: the preparation may have failed, so its result is no prepared media
  const phone::CallPrepared prepared{nullptr, base::fail(base::Error{})};
  (void)call.answer(prepared.media);
#elif MISUSE == 14  // private|inaccessible: an endpoint has no accessible members
  (void)endpoint.impl_;
#elif MISUSE == 15  // nodiscard: without the returned handle, the account cannot be unregistered
  endpoint.add_account({});
#elif MISUSE == 16  // deleted: a stack cannot be copied, so that no call is in two stacks
  sip::Stack* stack = nullptr;
  sip::Stack twin(*stack);
#endif
  (void)endpoint, (void)call, (void)account, (void)port;
}
