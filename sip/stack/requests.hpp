#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/stack_error.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::sip {

/// A request outside calls that creates no dialog.
struct RequestOptions {
  AccountId account;
  Method method = Method::Options;   ///< OPTIONS, MESSAGE, INFO or PUBLISH; other methods give BadMethod
  std::string target;                ///< Request-URI and To
  HeaderList headers{};
  Body body{};
  bool through_registrar = true;     ///< false: directly to the target's host
};

class RequestTable;

/// Our requests outside calls that create no dialog: OPTIONS, MESSAGE, INFO and PUBLISH. Each ends in RequestAnswered.
class Requests {
 public:
  explicit Requests(RequestTable& table) : table_(table) {}

  /// Errors: UnknownAccount, BadUri, BadMethod, BadHeader, TooLarge (a MESSAGE over kMaxMessageBody), Full (kMaxRequests).
  [[nodiscard]] base::Result<RequestId, StackError> send(RequestOptions options, base::TimePoint now);
  [[nodiscard]] std::size_t size() const;  ///< number of requests that wait for their final response

 private:
  RequestTable& table_;
};

}  // namespace offhook::inline v0::sip
