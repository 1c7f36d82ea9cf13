// The end of a payment: the result goes to the merchant as a posted form.
document.getElementById('tranMgr').submit();
