"""Totals of an invoice. Amounts are whole cents: nothing here is a floating-point number."""


def percentage(amount, percent):
    """`percent` per cent of `amount`, rounded half up to a whole cent."""
    return amount * percent // 100


def net(lines, discount=0):
    """What the lines (quantity, price of one) come to, less `discount` per cent."""
    gross = sum(quantity * price for quantity, price in lines)
    return gross - percentage(gross, discount)


def total(lines, discount=0, vat=19):
    """What the customer pays."""
    amount = net(lines, discount)
    return amount + percentage(amount, vat)
