#include <offhook/sip/registration/own_binding.hpp>

#include <offhook/sip/registration/binding.hpp>

namespace offhook::inline v0::sip::registration {

void OwnBinding::on_accepted(const std::string& uri, const Message& response, bool has_instance) {
  stale_ = false;
  removals_refused_ = 0;
  uri_ = uri;
  forget_gruus();
  if (!has_instance) return;
  gruu_ = granted_gruu(response, uri, "pub-gruu", kMaxBindings);
  temp_gruu_ = granted_gruu(response, uri, "temp-gruu", kMaxBindings);
}

void OwnBinding::forget_gruus() {
  gruu_.clear();
  temp_gruu_.clear();
}

void OwnBinding::reset() {
  uri_.clear();
  forget_gruus();
  stale_ = false;
}

}  // namespace offhook::inline v0::sip::registration
