#include <offhook/sip/message/values.hpp>

#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/detail/readers.hpp>

namespace offhook::inline v0::sip {

template <class Value>
const Value* Values<Value>::next() {
  if (error_) return nullptr;
  while (rest_.empty()) {
    const auto line = lines_.next();
    if (!line) return nullptr;
    rest_ = *line;
  }
  if (count_ == limit_) {
    error_ = ParseError::TooManyValues;
    return nullptr;
  }
  value_ = Value();
  const auto read = detail::read_next(rest_, value_);
  if (!read) {
    error_ = read.error();
    return nullptr;
  }
  ++count_;
  return &value_;
}

template class Values<NameAddr>;
template class Values<Via>;

std::optional<std::string_view> Tokens::next() {
  while (rest_.empty()) {
    const auto line = lines_.next();
    if (!line) return std::nullopt;
    rest_ = *line;
  }
  return detail::next_element(rest_);
}

}  // namespace offhook::inline v0::sip
